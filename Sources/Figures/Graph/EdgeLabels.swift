import Analysis

/// Finds places for the labels of a graph's lines: beside their line, on no box and on no other label.
struct EdgeLabels {
  private let layout: GraphLayout
  private let paths: [[Point]]
  /// What each path lies in, so that most of them need no closer look.
  private let bounds: [Rectangle]
  private var placed: [Rectangle] = []

  init(_ layout: GraphLayout) {
    self.layout = layout
    paths = layout.curves.map { $0?.samples(each: 6) ?? [] }
    bounds = paths.map { Rectangle(around: $0) }
  }

  /// The place of a label of the given size; nil if there is no free one, so that the number stays in the hover title.
  ///
  /// Labels placed first choose first. Of all free places along the line, on either side, the one is taken that
  /// crosses the fewest other lines, and of those the one nearest to the line's middle.
  mutating func place(curve: Int, width: Double, height: Double, lineWidth: Double) -> Rectangle? {
    let path = paths[curve]
    guard path.count > 2 else { return nil }
    var best: (cost: Double, place: Rectangle)?
    let middle = Double(path.count - 1) / 2
    for index in 1..<path.count - 1 {
      let way = path[index + 1] - path[index - 1]
      guard way.length > 0 else { continue }
      for side in [1.0, -1.0] {
        // Off the line at a right angle, as far as the label's own size asks for in that direction.
        let across = Point(x: -way.y / way.length * side, y: way.x / way.length * side)
        let reach = lineWidth / 2 + 2 + abs(across.x) * width / 2 + abs(across.y) * height / 2
        let place = Rectangle(center: path[index] + across * reach, width: width, height: height)
        guard isFree(place) else { continue }
        let crossings = Double(paths.indices.reduce(0) { $0 + ($1 != curve && crosses($1, place) ? 1 : 0) })
        let cost = crossings * 4 + abs(Double(index) - middle) / middle * 2 + (side < 0 ? 0.1 : 0)
        if best.map({ cost < $0.cost }) ?? true { best = (cost, place) }
      }
    }
    if let best { placed.append(best.place) }
    return best?.place
  }

  private func isFree(_ place: Rectangle) -> Bool {
    guard place.left >= 0, place.top >= 0, place.right <= layout.width, place.bottom <= layout.height else {
      return false
    }
    return !layout.boxes.contains { $0.overlaps(place) } && !placed.contains { $0.overlaps(place) }
  }

  private func crosses(_ path: Int, _ place: Rectangle) -> Bool {
    bounds[path].overlaps(place)
      && paths[path].contains {
        $0.x > place.left && $0.x < place.right && $0.y > place.top && $0.y < place.bottom
      }
  }
}
