import Analysis

/// Finds places for the labels of a graph's lines: beside their line, on no box, no other label and no line.
struct EdgeLabels {
  private let layout: GraphLayout
  private let paths: [[Point]]
  /// How wide each line is drawn.
  private let widths: [Double]
  /// What each path lies in, so that most of them need no closer look.
  private let bounds: [Rectangle]
  private var placed: [Rectangle] = []

  /// - Parameter widths: How wide each line is drawn, all of them thin without it.
  init(_ layout: GraphLayout, widths: [Double] = []) {
    self.layout = layout
    self.widths = layout.curves.indices.map { widths.indices.contains($0) ? widths[$0] : 1 }
    paths = layout.curves.map { $0?.samples(each: 6) ?? [] }
    bounds = paths.map { Rectangle(around: $0) }
  }

  /// How far from its line a label may stand, beyond what its size asks for.
  private static let distances = [2.0, 6.0, 10.0]

  /// The place of a label of the given size; nil if there is no free one, so that the number stays in the hover title.
  ///
  /// Labels placed first choose first. Of all free places along the line, on either side, the one is taken that is
  /// nearest to the line and to its middle.
  mutating func place(curve: Int, width: Double, height: Double, lineWidth: Double) -> Rectangle? {
    let path = paths[curve]
    guard path.count > 2 else { return nil }
    var best: (cost: Double, place: Rectangle)?
    let middle = Double(path.count - 1) / 2
    for index in 1..<path.count - 1 {
      let way = path[index + 1] - path[index - 1]
      guard way.length > 0 else { continue }
      for (side, distance) in [1.0, -1.0].flatMap({ side in Self.distances.map { (side, $0) } }) {
        // Off the line at a right angle, as far as the label's own size asks for in that direction.
        let across = Point(x: -way.y / way.length * side, y: way.x / way.length * side)
        let reach = lineWidth / 2 + distance + abs(across.x) * width / 2 + abs(across.y) * height / 2
        let place = Rectangle(center: path[index] + across * reach, width: width, height: height)
        let cost = abs(Double(index) - middle) / middle * 2 + distance / 4 + (side < 0 ? 0.1 : 0)
        if best.map({ cost >= $0.cost }) ?? false { continue }
        if isFree(place) { best = (cost, place) }
      }
    }
    if let best { placed.append(best.place) }
    return best?.place
  }

  private func isFree(_ place: Rectangle) -> Bool {
    guard place.left >= 0, place.top >= 0, place.right <= layout.width, place.bottom <= layout.height else {
      return false
    }
    return !layout.boxes.contains { $0.overlaps(place.widened(by: 1.5)) } && !placed.contains { $0.overlaps(place) }
      && !paths.indices.contains { isCrossed(place, by: $0) }
  }

  private func isCrossed(_ place: Rectangle, by path: Int) -> Bool {
    let place = place.widened(by: widths[path] / 2)
    return bounds[path].overlaps(place)
      && zip(paths[path], paths[path].dropFirst()).contains { place.isMet(byLineFrom: $0, to: $1) }
  }
}
