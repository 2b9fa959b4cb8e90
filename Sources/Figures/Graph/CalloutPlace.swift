import Analysis

/// Where the words of a call-out stand in a graph, and the line that ties them to their box.
struct CalloutPlace {
  /// The words' box.
  let box: Rectangle
  /// Where the line leaves the function's box, and where it meets the words'.
  let lead: (start: Point, end: Point)
}

extension FreeRoom {
  /// Takes a place for words beside the box of a function: on no box and no line, and tied to it by a line that crosses
  /// no box, and other lines only if it must.
  ///
  /// Of all free places that within the graph which is nearest is preferred: a graph that becomes wider may not fit the
  /// page any more.
  ///
  /// - Returns: nil if there is none near.
  mutating func placeCallout(besideBox index: Int, width: Double, height: Double) -> CalloutPlace? {
    let box = layout.boxes[index]
    var best: (cost: Double, place: CalloutPlace)?
    for side in [1.0, -1.0] {
      let edge = box.center.x + side * box.width / 2
      for gap in stride(from: 14.0, through: 410, by: 12) {
        for rise in stride(from: -160.0, through: 160, by: 8) {
          let center = Point(x: edge + side * (gap + width / 2), y: box.center.y + rise)
          let place = Rectangle(center: center, width: width, height: height)
          let growth =
            max(0, place.right - layout.width) + max(0, -place.left) + max(0, -place.top)
            + max(0, place.bottom - layout.height)
          var cost = growth * 2 + gap + abs(rise) * 0.7
          if best.map({ cost >= $0.cost }) ?? false { continue }
          // The line leaves the box where the words are nearest, but not at its rounded corners.
          let start = Point(x: edge, y: min(max(center.y, box.top + 6), box.bottom - 6))
          let end = Point(x: edge + side * gap, y: min(max(start.y, place.top + 6), place.bottom - 6))
          guard isFree(place, margin: 6), !meetsBox(from: start, to: end, except: index) else { continue }
          cost += 60 * Double(crossings(from: start, to: end))
          if best.map({ cost < $0.cost }) ?? true { best = (cost, CalloutPlace(box: place, lead: (start, end))) }
        }
      }
    }
    if let best { take(best.place.box) }
    return best?.place
  }

  private func meetsBox(from start: Point, to end: Point, except box: Int) -> Bool {
    layout.boxes.indices.contains { $0 != box && layout.boxes[$0].isMet(byLineFrom: start, to: end) }
  }

  /// How many of the graph's lines a straight line crosses.
  private func crossings(from start: Point, to end: Point) -> Int {
    paths.count { path in
      zip(path, path.dropFirst()).contains { Rectangle(around: [$0, $1]).isMet(byLineFrom: start, to: end) }
    }
  }
}
