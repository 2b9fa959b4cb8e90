import Analysis
import Foundation
import Leaks
import Pprof
import TestSupport
import Testing

@testable import Figures

/// What holds for every kind of figure, those to come included.
@Suite(.enabled(if: Tool("dot") != nil, "Graphviz is not installed: apt-get install graphviz"))
struct EveryKindTests {
  /// Captures of a series, of two variants and of two machines.
  private struct Captures: CaptureSource {
    func named(_ name: CaptureName) throws -> Capture {
      if name.profileKind == "leaks" {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
          .deletingLastPathComponent()
        let file = root.appendingPathComponent("Content/captures/retain-cycles/faulty/leaks.report.json")
        let report = try LeakReport(json: [UInt8](Data(contentsOf: file)))
        return Capture(report, provenance: provenance(name))
      }
      var builder = ProfileBuilder("inuse_objects/count", "inuse_space/bytes")
      builder.add("main;keep", 1, 100 * Int64(name.round ?? 1))
      builder.add("main;decode@main.swift:1", 3, name.variant == "faulty" ? 500 : 50)
      return Capture(builder.profile, provenance: provenance(name))
    }

    func both(_ name: CaptureName) throws -> (published: Capture?, local: Capture?) { (try named(name), nil) }

    private func provenance(_ name: CaptureName) -> Provenance {
      Provenance(
        scenario: name.scenario, variant: name.variant, kind: name.kind, parameters: [:], command: "", date: "",
        machine: .init(processor: "p", cores: 2, kernel: "k", system: "s", toolchain: "t"), build: "release", key: "",
        digest: "", recording: .init(samples: 4, lost: 0, truncated: 0, unresolved: 0, cpuSeconds: 0),
        overhead: .init(ratios: [1]), cpuSecondsPerRound: 0.1, wallSecondsPerRound: 0.1, output: "", truth: [])
    }
  }

  private func draw(_ kind: FigureKind, standalone: Bool = false) throws -> Figure {
    let captures = Captures()
    let capture = try captures.named(
      CaptureName(scenario: "s", variant: "faulty", kind: kind == .cycle ? "leaks" : "heap-5"))
    var options = FigureOptions()
    options.standsAlone = standalone
    if kind.options.contains("function") { options.function = "decode" }
    let compared = kind == .pair ? try captures.named(capture.name.with(variant: "fixed")) : nil
    return try kind.draw(
      FigureInput(capture, compared: compared, captures: captures, options: options) { _ in "let a = 1\n" })
  }

  @Test("Every kind is drawn, in words and as a file of its own that asks for nothing", arguments: FigureKind.allCases)
  func drawn(kind: FigureKind) throws {
    let figure = try draw(kind)
    #expect(figure.alt.hasSuffix("."))
    #expect(xmlError(figure.body) == nil && !figure.body.contains("<script"))
    #expect(try draw(kind) == figure)
    let file = try draw(kind, standalone: true).body
    #expect(xmlError(file) == nil)
    #expect(file.hasPrefix("<svg xmlns=") && !file.contains("@import") && !file.contains("NaN"))
    #expect(!kind.advice(FigureOptions()).isEmpty)
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

  @Test("A profile alone cannot be what needs captures", arguments: [FigureKind.pair, .growth, .cycle])
  func profilesAlone(kind: FigureKind) {
    #expect(throws: FigureError.self) { try kind.draw(FigureInput(profile: .kafka)) }
  }
}
