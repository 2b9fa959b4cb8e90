import Analysis
import Foundation
import Pprof
import TestSupport
import Testing

@testable import Figures

/// What holds for every kind of figure, those to come included.
@Suite(.enabled(if: Tool("dot") != nil, "Graphviz is not installed: apt-get install graphviz"))
struct EveryKindTests {
  private func draw(_ kind: FigureKind, standalone: Bool = false, calling name: String? = nil) throws -> Figure {
    let captures = SampleCaptures()
    let capture = try captures.named(
      CaptureName(scenario: "s", variant: "faulty", kind: Self.captured(kind)))
    var options = FigureOptions()
    options.standsAlone = standalone
    if kind.options.contains("function") { options.function = "decode" }
    if kind.options.contains("callout") {
      (options.callout, options.says) = (name ?? Self.callout(kind), "does <it> & that.")
    }
    if kind == .timeline { return try kind.draw(FigureInput(trace: SampleTraces.sort, options: options)) }
    if kind == .regions { return try kind.draw(FigureInput(trace: SampleTraces.regions, options: options)) }
    let compared = kind == .pair ? try captures.named(capture.name.with(variant: "fixed")) : nil
    return try kind.draw(
      FigureInput(capture, compared: compared, captures: captures, options: options) { _ in "let a = 1\n" })
  }

  /// What a figure of the kind is drawn from.
  private static func captured(_ kind: FigureKind) -> String {
    switch kind {
    case .cycle: "leaks"
    case .waitfor: "waitfor"
    case .sweep: "trace"
    default: "heap-5"
    }
  }

  /// What a figure of the kind can call out: a function, or in a listing a part of a line.
  private static func callout(_ kind: FigureKind) -> String {
    switch kind {
    case .source: "let a"
    case .timeline: "log"
    case .regions: "fibonacci"
    default: "decode"
    }
  }

  /// How the number of what is called out begins: of the traces what `log` ran, and how long `fibonacci` was.
  private static func number(_ kind: FigureKind) -> String {
    switch kind {
    // 5 of 25 MB, whose blocks were picked, or the 4.5 MB that they are less after the fix.
    case .pair: "−4\u{A0}MB\u{A0}±\u{A0}"
    case .timeline: "8.6\u{A0}%"
    case .regions: "12\u{A0}ms"
    default: "20\u{A0}%\u{A0}±\u{A0}"
    }
  }

  @Test("Every kind is drawn, in words and as a file of its own that asks for nothing", arguments: FigureKind.allCases)
  func drawn(kind: FigureKind) throws {
    let figure = try draw(kind)
    #expect(figure.alt.hasSuffix("."))
    #expect(xmlError(figure.body) == nil && !figure.body.contains("<script"))
    #expect(try draw(kind) == figure)
    // In a file of its own, which is XML, a drawing without its namespace would be none.
    let drawings = figure.body.split(separator: "<svg").dropFirst()
    #expect(drawings.allSatisfy { $0.hasPrefix(" xmlns=\"http://www.w3.org/2000/svg\"") })
    let file = try draw(kind, standalone: true).body
    #expect(xmlError(file) == nil)
    #expect(file.hasPrefix("<svg xmlns=") && !file.contains("@import") && !file.contains("NaN"))
    #expect(!kind.advice(FigureOptions()).isEmpty)
  }

  @Test("What is called out is told with its number, in words too", arguments: FigureKind.allCases)
  func calledOut(kind: FigureKind) throws {
    guard kind.options.contains("callout") else { return }
    let figure = try draw(kind)
    let number = Self.number(kind)
    #expect(figure.alt.contains("Called out: \(number)") && figure.alt.hasSuffix(" in \(Self.callout(kind))."))
    #expect(figure.body.contains("<b>\(number)") && figure.body.contains("does &lt;it&gt; &amp; that."))
    let error = kind == .source ? FigureError.lineNotShown(text: "nobody") : .calloutNotShown(name: "nobody")
    #expect(throws: error) { try draw(kind, calling: "nobody") }
  }

  @Test("Every kind has styles that stand in the sheet once, and no others in its own file")
  func styles() throws {
    let sheet = String(decoding: FigureStyle.sheet, as: UTF8.self)
    for kind in FigureKind.allCases where !kind.drawing.style.isEmpty {
      let style = String(decoding: kind.drawing.style, as: UTF8.self)
      #expect(sheet.components(separatedBy: style).count == 2, "\(kind)")
    }
    let flame = try draw(.flame, standalone: true).body
    #expect(flame.contains(".flame .rows") && !flame.contains(".cycles {") && flame.contains("--on-figure"))
  }

  @Test(
    "A profile alone cannot be what needs captures",
    arguments: [FigureKind.pair, .growth, .cycle, .waitfor, .timeline, .regions, .sweep])
  func profilesAlone(kind: FigureKind) {
    #expect(throws: FigureError.self) { try kind.draw(FigureInput(profile: .kafka)) }
  }
}
