import Analysis

/// The scale below a timeline. Its labels are times since the trace's start, or since the window's where those would be too
/// long.
struct TimelineAxis {
  /// Where the labels stand, as shares of the width, and what they say.
  let ticks: [(place: Double, label: String)]
  /// What the labels count.
  let unit: String

  init(_ window: TraceWindow) {
    // Four to eight steps of one, two or five tens; no label of a phone touches the next.
    var step: Int64 = 1
    while window.length / step > 50 { step *= 10 }
    step *= [1, 2, 5, 10].first { window.length / (step * $0) <= 5 } ?? 10
    let isRelative = window.start / step > 20_000
    let start = isRelative ? 0 : window.start
    let end = start + window.length
    let units: [(name: String, nanoseconds: Int64)] = [
      ("s", 1_000_000_000), ("ms", 1_000_000), ("µs", 1_000), ("ns", 1),
    ]
    // The largest unit whose steps have at most two decimals.
    let scale = units.first { $0.nanoseconds <= max(end, 1) && step * 100 >= $0.nanoseconds } ?? units[3]
    var first = start / step * step
    if first < start { first += step }
    ticks = stride(from: first, through: end, by: Int64.Stride(step)).map { time in
      let value = Double(time) / Double(scale.nanoseconds)
      return (Double(time - start) / Double(max(window.length, 1)), Self.text(value))
    }
    unit = scale.name + (isRelative ? " since the window's start" : "")
  }

  private static func text(_ value: Double) -> String {
    let hundredths = Int64((value * 100).rounded())
    let decimals = hundredths % 100
    if decimals == 0 { return "\(hundredths / 100)" }
    return decimals % 10 == 0
      ? "\(hundredths / 100).\(decimals / 10)" : "\(hundredths / 100).\(decimals < 10 ? "0" : "")\(decimals)"
  }

  func paint(into out: inout Markup) {
    out.raw("<div class=\"timeline-axis\">")
    // The last label leans to the left where it would reach beyond the end: on a phone it does so earlier.
    let end = ticks.last?.place ?? 0
    for (number, tick) in ticks.enumerated() {
      if number == ticks.count - 1, end > 0.78 {
        out.raw(end > 0.93 ? "<span class=\"last\" style=\"--l:" : "<span class=\"late\" style=\"--l:")
      } else {
        // Where it does, a phone has no room for this one.
        out.raw(end > 0.78 && tick.place > end - 0.35 ? "<span class=\"near\" style=\"--l:" : "<span style=\"--l:")
      }
      out.number(tick.place * 100)
      out.raw("%\">")
      out.text(number == ticks.count - 1 ? "\(tick.label)\u{A0}\(unit)" : tick.label)
      out.raw("</span>")
    }
    out.raw("</div>")
  }
}
