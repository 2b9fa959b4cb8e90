import Analysis

extension FreeRoom {
  /// How far from its line a label may stand, beyond what its size asks for.
  private static let distances = [2.0, 6.0, 10.0]

  /// Takes a place for the label of a line: beside it, on no box, no other label and no line.
  ///
  /// Labels placed first choose first. Of all free places along the line, on either side, the one is taken that is
  /// nearest to the line and to its middle.
  ///
  /// - Returns: nil if there is no free one, so that the number stays in the hover title.
  mutating func placeLabel(ofLine line: Int, width: Double, height: Double, lineWidth: Double) -> Rectangle? {
    let path = paths[line]
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
        if isInside(place), isFree(place) { best = (cost, place) }
      }
    }
    if let best { take(best.place) }
    return best?.place
  }

  private func isInside(_ place: Rectangle) -> Bool {
    place.left >= 0 && place.top >= 0 && place.right <= layout.width && place.bottom <= layout.height
  }
}
