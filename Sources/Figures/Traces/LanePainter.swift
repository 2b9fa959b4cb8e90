import Analysis

/// Paints what lies beside one another, a path for each part that there is.
///
/// A part has a colour, and dark lines across its bars at heights of its own, which are seen however narrow a bar is.
struct LanePainter {
  let lane: TraceTimeline.Lane
  let top: Double
  let height: Double

  func paint(into out: inout Markup) {
    var bars: [TraceTimeline.Part: [TraceTimeline.Bar]] = [:]
    for bar in lane.bars { bars[bar.part, default: []].append(bar) }
    for (part, bars) in bars.sorted(by: { $0.key < $1.key }) {
      begin(part.style, into: &out)
      for bar in bars { rectangle(bar.from, bar.to, top, top + height, into: &out) }
      out.raw("\"/>")
      if part.lines.isEmpty { continue }
      begin("l", into: &out)
      for bar in bars {
        for line in part.lines {
          rectangle(bar.from, bar.to, top + line.lowerBound * height, top + line.upperBound * height, into: &out)
        }
      }
      out.raw("\"/>")
    }
    paintStacks(into: &out)
  }

  /// Shares of columns lie on one another in the order of parts: each is painted with all below it, the highest first.
  private func paintStacks(into out: inout Markup) {
    let parts = Set(lane.stacks.flatMap { $0.shares.map(\.part) }).sorted()
    for part in parts.reversed() {
      begin(part.style, into: &out)
      var (last, level) = (-2, 0.0)
      for stack in lane.stacks {
        let share = stack.shares.reduce(0) { $1.part <= part ? $0 + $1.share : $0 }
        let next = tenths(top + height * (1 - min(share, 1)))
        if stack.column != last + 1 {
          if last >= 0 { close(into: &out) }
          out.raw("M")
          out.number(stack.column)
          out.raw(" ")
          out.number(top + height)
          out.raw("V")
          out.number(next)
        } else if next != level {
          out.raw("V")
          out.number(next)
        }
        out.raw("h1")
        (last, level) = (stack.column, next)
      }
      if last >= 0 { close(into: &out) }
      out.raw("\"/>")
    }
  }

  private func close(into out: inout Markup) {
    out.raw("V")
    out.number(top + height)
    out.raw("z")
  }

  private func begin(_ style: StaticString, into out: inout Markup) {
    out.raw("<path class=\"")
    out.raw(style)
    out.raw("\" d=\"")
  }

  private func rectangle(_ from: Double, _ to: Double, _ top: Double, _ bottom: Double, into out: inout Markup) {
    out.raw("M")
    out.number(from)
    out.raw(" ")
    out.number(tenths(top))
    out.raw("H")
    out.number(to)
    out.raw("V")
    out.number(tenths(bottom))
    out.raw("H")
    out.number(from)
    out.raw("z")
  }

  private func tenths(_ value: Double) -> Double { (value * 10).rounded() / 10 }
}

extension TraceTimeline.Part {
  /// The class by which the style sheet colours it.
  var style: StaticString {
    switch self {
    case .running(0): "f0"
    case .running(1): "f1"
    case .running(2): "f2"
    case .running(3): "f3"
    case .running: "f4"
    case .job: "job"
    case .blocked: "blocked"
    case .nesting: "nesting"
    case .missing: "missing"
    case .ready: "ready"
    case .queued: "queued"
    case .waiting: "waiting"
    case .unbegun: "unbegun"
    }
  }

  /// Where dark lines go across its bars, in shares of the height, from the top.
  var lines: [ClosedRange<Double>] {
    switch self {
    case .running(0), .job, .waiting, .unbegun: []
    case .running(1): [0...0.15]
    case .running(2): [0.85...1]
    case .running(3): [0...0.15, 0.85...1]
    case .running: [0.42...0.58]
    case .blocked: [0.2...0.3, 0.45...0.55, 0.7...0.8]
    case .nesting: [0.92...1]
    case .missing: [0...0.08, 0.18...0.26, 0.36...0.44, 0.54...0.62, 0.72...0.8, 0.9...1]
    case .ready: [0.3...0.4, 0.6...0.7]
    case .queued: [0...0.1, 0.45...0.55, 0.9...1]
    }
  }
}
