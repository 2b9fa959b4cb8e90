import Analysis
import PprofOperations

/// The chart of a growth figure: rounds to the right, values upwards.
struct GrowthChart {
  /// In units of which a phone has about so many pixels.
  static let (width, height) = (330.0, 250.0)
  private static let leading = 15.5
  private static let area = Rectangle(around: [Point(x: 46, y: 26), Point(x: 318, y: 204)])

  private let suspects: [GrowthReport.Suspect]
  private let rounds: Int
  private let axis: ValueAxis

  init(_ suspects: [GrowthReport.Suspect], rounds: Int, unit: String) {
    self.suspects = suspects
    self.rounds = rounds
    let fitted = suspects.flatMap { suspect in
      suspect.isSteady ? [suspect.fitted(at: rounds - 1)].map { $0.value + ($0.error ?? 0) } : []
    }
    let values = suspects.flatMap(\.values).map(Double.init).max() ?? 0
    let whiskers = suspects.flatMap { zip($0.values, $0.errors).map { Double($0) + ($1 ?? 0) } }.max() ?? 0
    // Whiskers are shown whole, unless that would press what was measured into the lower half.
    axis = ValueAxis(highest: max(values, fitted.max() ?? 0, min(whiskers, values * 2)), unit: unit)
  }

  /// The forms of dots around 0, one for each place: circle, square, triangle, diamond.
  static let dots: [StaticString] = [
    "M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0z", "M-4 -4h8v8h-8z", "M0 -5l5 8.5h-10z",
    "M0 -5.5l5 5.5l-5 5.5l-5 -5.5z",
  ]

  func paint(into out: inout Markup) {
    out.raw("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ")
    out.number(Self.width)
    out.raw(" ")
    out.number(Self.height)
    out.raw("\" aria-hidden=\"true\">")
    paintAxes(into: &out)
    for (index, suspect) in suspects.enumerated().reversed() { paint(suspect, index, into: &out) }
    paintName(into: &out)
    out.raw("</svg>")
  }

  private func place(_ round: Int, _ value: Double) -> Point {
    let step = Self.area.width / Double(max(rounds, 1))
    let y = Self.area.bottom - (axis.end > 0 ? value / axis.end : 0) * Self.area.height
    return Point(x: rounded(Self.area.left + (Double(round) + 0.5) * step), y: rounded(y))
  }

  private func rounded(_ number: Double) -> Double { (number * 10).rounded() / 10 }

  private func paintAxes(into out: inout Markup) {
    let area = Self.area
    out.raw("<rect class=\"first\" x=\"")
    out.number(area.left)
    out.raw("\" y=\"")
    out.number(area.top)
    out.raw("\" width=\"")
    out.number(rounded(area.width / Double(max(rounds, 1))))
    out.raw("\" height=\"")
    out.number(area.height)
    out.raw("\"/>")
    for tick in axis.ticks {
      let y = place(0, tick.value).y
      line(Point(x: area.left, y: y), Point(x: area.right, y: y), "grid", into: &out)
      text(tick.label, Point(x: area.left - 6, y: y + 4), "end", into: &out)
    }
    text("\(axis.unit) in use", Point(x: 4, y: 13), "start", into: &out)
    for round in 0..<rounds {
      text("\(round + 1)", Point(x: place(round, 0).x, y: area.bottom + 18), "middle", into: &out)
    }
    text("round of the same load", Point(x: area.center.x, y: area.bottom + 38), "middle", into: &out)
  }

  private func paint(_ suspect: GrowthReport.Suspect, _ index: Int, into out: inout Markup) {
    out.raw(suspect.isSteady ? "<g class=\"steady\">" : "<g>")
    if let (first, last) = fittedRounds {
      if suspect.isSteady { paintBand(suspect, first, last, into: &out) }
      line(
        place(first, max(suspect.fitted(at: first).value, 0)), place(last, max(suspect.fitted(at: last).value, 0)),
        "fit",
        into: &out)
    }
    for (round, value) in suspect.values.enumerated() {
      let point = place(round, Double(value))
      if let error = suspect.errors[round] {
        let (low, high) = (max(Double(value) - error, 0), min(Double(value) + error, axis.end))
        line(place(round, low), place(round, high), "whisker", into: &out)
      }
      dot(index, point, round == 0 ? "dot uncounted" : "dot", into: &out)
    }
    out.raw("</g>")
  }

  /// The first and the last round that the line is fitted to; nil if there are too few.
  private var fittedRounds: (first: Int, last: Int)? { rounds > 2 ? (1, rounds - 1) : nil }

  /// How far the fitted line may be off.
  private func paintBand(_ suspect: GrowthReport.Suspect, _ first: Int, _ last: Int, into out: inout Markup) {
    var edge: [Point] = []
    for round in first...last {
      let fit = suspect.fitted(at: round)
      edge.append(place(round, min(fit.value + (fit.error ?? 0), axis.end)))
    }
    for round in (first...last).reversed() {
      let fit = suspect.fitted(at: round)
      edge.append(place(round, max(fit.value - (fit.error ?? 0), 0)))
    }
    out.raw("<path class=\"band\" d=\"")
    for (index, point) in edge.enumerated() {
      out.raw(index == 0 ? "M" : "L")
      out.number(point.x)
      out.raw(" ")
      out.number(point.y)
    }
    out.raw("z\"/>")
  }

  /// The name of what grows the most, where it covers nothing: below the climbing line, as high up as there is room, or
  /// above it on the left.
  private func paintName(into out: inout Markup) {
    guard let first = suspects.first, first.isSteady else { return }
    let name = String(first.function.prefix { $0 != "(" })
    let words = [
      cut(name, width: 150, size: 13), Quantity(unit: axis.sampleUnit).change(first.growth), "a round: grows",
    ]
    let width = words.map { TextWidth.of($0, size: 13) * GraphBox.bold }.max() ?? 0
    let height = Double(words.count) * Self.leading
    let spots = [Self.area.right - 4 - width / 2, Self.area.left + 8 + width / 2].flatMap { x in
      stride(from: Self.area.top + height / 2, through: Self.area.bottom - height / 2, by: 3).map { Point(x: x, y: $0) }
    }
    let obstacles = suspects.flatMap(self.obstacles)
    let free = spots.first { spot in
      let place = Rectangle(center: spot, width: width, height: height).widened(by: 4)
      return !obstacles.contains { place.isMet(byLineFrom: $0.from, to: $0.to) }
    }
    guard let free else { return }
    out.raw("<g class=\"name\">")
    for (index, word) in words.enumerated() {
      let y = free.y - height / 2 + (Double(index) + 0.78) * Self.leading
      text(word, Point(x: free.x, y: rounded(y)), "middle", into: &out)
    }
    out.raw("</g>")
  }

  /// The lines and whiskers of a place.
  private func obstacles(_ suspect: GrowthReport.Suspect) -> [(from: Point, to: Point)] {
    let points = suspect.values.enumerated().map { place($0, Double($1)) }
    let whiskers = suspect.values.indices.map { round in
      let (value, error) = (Double(suspect.values[round]), suspect.errors[round] ?? 0)
      return (from: place(round, max(value - error, 0)), to: place(round, min(value + error, axis.end)))
    }
    return zip(points, points.dropFirst()).map { (from: $0, to: $1) } + whiskers
  }

  /// The dot of a place, for the words below the chart.
  func paintKey(_ index: Int, into out: inout Markup) {
    key(index, "dot", into: &out)
  }

  /// The dot of a round that is not counted.
  func paintFirstRoundKey(into out: inout Markup) { key(0, "dot uncounted", into: &out) }

  private func key(_ form: Int, _ style: StaticString, into out: inout Markup) {
    out.raw(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 16 16\" width=\"16\" height=\"16\" aria-hidden=\"true\">"
    )
    dot(form, Point(x: 8, y: 8), style, into: &out)
    out.raw("</svg>")
  }

  private func dot(_ form: Int, _ place: Point, _ style: StaticString, into out: inout Markup) {
    out.raw("<path class=\"")
    out.raw(style)
    out.raw("\" transform=\"translate(")
    out.number(place.x)
    out.raw(" ")
    out.number(place.y)
    out.raw(")\" d=\"")
    out.raw(Self.dots[form])
    out.raw("\"/>")
  }

  private func line(_ from: Point, _ to: Point, _ style: StaticString, into out: inout Markup) {
    out.raw("<path class=\"")
    out.raw(style)
    out.raw("\" d=\"M")
    out.number(from.x)
    out.raw(" ")
    out.number(from.y)
    out.raw("L")
    out.number(to.x)
    out.raw(" ")
    out.number(to.y)
    out.raw("\"/>")
  }

  private func text(_ text: String, _ at: Point, _ anchor: StaticString, into out: inout Markup) {
    out.raw("<text x=\"")
    out.number(at.x)
    out.raw("\" y=\"")
    out.number(at.y)
    out.raw("\" text-anchor=\"")
    out.raw(anchor)
    out.raw("\">")
    out.text(text)
    out.raw("</text>")
  }
}

/// A scale from nothing to a round number, in one unit.
struct ValueAxis {
  /// The unit of the profile's values.
  let sampleUnit: String
  /// The unit of the labels, e.g. `MB`.
  let unit: String
  /// Where the axis ends, in the profile's unit.
  let end: Double
  /// The values that have a label.
  let ticks: [(value: Double, label: String)]

  init(highest: Double, unit sampleUnit: String) {
    self.sampleUnit = sampleUnit
    let scaled = Units.scale(Int64(exactly: highest.rounded()) ?? .max, from: sampleUnit, to: "auto")
    unit = scaled.unit.isEmpty ? sampleUnit : scaled.unit
    let perUnit = scaled.value > 0 ? highest / scaled.value : 1
    // Three to six steps of one, two or five tens.
    var step = 1.0
    while scaled.value / step > 6 { step *= 10 }
    while scaled.value > 0, scaled.value / step < 0.6 { step /= 10 }
    let nice = [0.1, 0.2, 0.5, 1].map { $0 * step }.first { scaled.value / $0 <= 6 } ?? step
    let count = scaled.value > 0 ? Int((scaled.value / nice).rounded(.up)) : 1
    end = Double(count) * nice * perUnit
    ticks = (0...count).map { (Double($0) * nice * perUnit, Rounding.text(Double($0) * nice).value) }
  }
}
