import Analysis
import ExecutionTrace
import TestSupport
import Testing

@testable import Figures

@Suite struct TimelineFigureTests {
  private func draw(_ items: [(String, String)] = [], of trace: Trace = SampleTraces.sort) throws -> Figure {
    let options = try FigureOptions([("view", "timeline")] + items.map { (name: $0.0, value: $0.1) })
    return try FigureKind.timeline.draw(FigureInput(trace: trace, options: options))
  }

  @Test func paintsThreads() throws {
    let figure = try draw([("title", "A sort"), ("callout", "sort"), ("says", "Too many, too small.")])
    #expect(xmlError(figure.body) == nil)
    #expect(Golden.difference(figure.body, "timeline.html") == nil)
    #expect(figure.functions == ["sort(_:)", "merge(_:<_:)", "log(_:)"])
    #expect(figure.alt.hasPrefix("200 µs, all of the trace: ".nonBreakingUnits))
    #expect(figure.alt.contains("The longest run: 94 µs, sort(_:).".nonBreakingUnits))
    #expect(figure.alt.contains("Called out: 59 % in sort.".nonBreakingUnits))
  }

  @Test("A window is told where it lies, and painted with whole bars where there are few")
  func windows() throws {
    let figure = try draw([("start", "90us"), ("length", "15us")])
    #expect(figure.alt.hasPrefix("15 µs of 200 µs, from 90 µs: ".nonBreakingUnits))
    #expect(figure.body.contains("timeline-where") && !figure.body.contains("a column is as full"))
    #expect(figure.alt.contains("The longest run: at least"))
    #expect(throws: FigureError.noWindow(.outside(start: 1_000_000, duration: 200_000))) {
      try draw([("start", "1ms")])
    }
    #expect(throws: FigureError.invalidOption(name: "start", value: "x", expected: "a time such as 62ms, 1.5s or 20us"))
    {
      try draw([("start", "x")])
    }
  }

  @Test("Tasks are rows, each with what it waited for; very many have no words of their own")
  func tasks() throws {
    let few = try draw([("by", "task"), ("nodecount", "4")])
    #expect(few.table.rows.prefix(4).map { $0[1] } == ["sort(_:)", "sort(_:)", "merge(_:<_:)", "log(_:)"])
    #expect(few.body.contains("ready, for want of a thread") && few.body.contains("Not shown: 119 more tasks"))
    let many = try draw([("by", "task"), ("nodecount", "100")])
    #expect(many.body.contains("100 tasks") && !many.body.contains("task 17"))
    #expect(throws: FigureError.invalidOption(name: "by", value: "x", expected: "one of thread, task")) {
      try draw([("by", "x")])
    }
  }

  @Test("What the figure does not show cannot be called out, and a label that nobody has tells nothing apart")
  func errors() throws {
    #expect(throws: FigureError.calloutNotShown(name: "nobody")) { try draw([("callout", "nobody")]) }
    #expect(throws: FigureError.noLabel(name: "client")) { try draw([("label", "client")]) }
    #expect(throws: FigureError.noTrace(kind: .timeline)) { try FigureKind.timeline.draw(FigureInput(profile: .kafka)) }
  }

  @Test("The area of what is painted is its share of the time")
  func areas() throws {
    let figure = try draw([("nodecount", "2")])
    // Both threads, full height each: the paths of the drawing are measured, not the analysis.
    for (number, row) in figure.body.components(separatedBy: "timeline-track thread").dropFirst().enumerated() {
      let drawing = row.components(separatedBy: "</svg>")[0]
      let area = PathArea.sum(of: drawing, classes: ["f0", "f1", "f2", "blocked", "nesting"])
      // On the second thread 20 µs are painted twice: who nests, and who is within.
      var time = number == 0 ? 60_000 : 60 * 500 + 94_000 + 20_000
      if number == 0 { for task in 0..<60 { time += 700 + task % 5 * 60 } }
      let height = number == 0 ? 34.0 : 20.0
      let truth = Double(time) / 200_000 * 600 * height
      #expect(abs(area - truth) < truth * 0.01, "row \(number): \(area) for \(truth)")
    }
  }
}

extension String {
  /// With spaces before units that do not break.
  var nonBreakingUnits: String {
    replacing(#/(\d) (µs|ms|s|ns|%)/#) { "\($0.1)\u{A0}\($0.2)" }
  }
}

/// The area of paths that are made of horizontal and vertical lines.
enum PathArea {
  /// Of the paths of the classes; of those that lie on one another the largest, as they are painted.
  static func sum(of svg: String, classes: Set<String>) -> Double {
    var bars = 0.0
    var stacks = 0.0
    for match in svg.matches(of: #/<path class="([a-z0-9]+)" d="([^"]*)"/#) where classes.contains(String(match.1)) {
      let shapes = match.2.split(separator: "z")
      let isStack = match.2.contains("h1")
      let area = shapes.map { abs(Self.area(of: $0)) }.reduce(0, +)
      // A stack is painted with all below it: the first path is the whole.
      if isStack { stacks = max(stacks, area) } else { bars += area }
    }
    return bars + stacks
  }

  private static func area(of shape: Substring) -> Double {
    var points: [(x: Double, y: Double)] = []
    var (x, y) = (0.0, 0.0)
    for match in shape.matches(of: #/([MHVhv])(-?[0-9.]+)(?: (-?[0-9.]+))?/#) {
      let value = Double(match.2) ?? 0
      switch match.1 {
      case "M": (x, y) = (value, Double(match.3 ?? "") ?? 0)
      case "H": x = value
      case "V": y = value
      case "h": x += value
      default: y += value
      }
      points.append((x, y))
    }
    var sum = 0.0
    for (point, next) in zip(points, points.dropFirst() + points.prefix(1)) {
      sum += point.x * next.y - next.x * point.y
    }
    return sum / 2
  }
}
