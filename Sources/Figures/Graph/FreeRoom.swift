import Analysis

/// What of a laid-out graph is taken: by its boxes, by its lines as wide as they are drawn, and by words placed since.
struct FreeRoom {
  let layout: GraphLayout
  /// Points along each line.
  let paths: [[Point]]
  /// How wide each line is drawn.
  private let widths: [Double]
  /// What each path lies in, so that most of them need no closer look.
  private let bounds: [Rectangle]
  private var taken: [Rectangle] = []

  /// - Parameter widths: How wide each line is drawn, all of them thin without it.
  init(_ layout: GraphLayout, widths: [Double] = []) {
    self.layout = layout
    self.widths = layout.curves.indices.map { widths.indices.contains($0) ? widths[$0] : 1 }
    paths = layout.curves.map { $0?.samples(each: 6) ?? [] }
    bounds = paths.map { Rectangle(around: $0) }
  }

  /// Marks a place as taken.
  mutating func take(_ place: Rectangle) { taken.append(place) }

  /// Whether nothing of the graph, and no words, lie in a place.
  /// - Parameter margin: How far boxes have to be away.
  func isFree(_ place: Rectangle, margin: Double = 1.5) -> Bool {
    !layout.boxes.contains { $0.overlaps(place.widened(by: margin)) } && !taken.contains { $0.overlaps(place) }
      && !paths.indices.contains { isCrossed(place, by: $0) }
  }

  private func isCrossed(_ place: Rectangle, by path: Int) -> Bool {
    let place = place.widened(by: widths[path] / 2)
    return bounds[path].overlaps(place)
      && zip(paths[path], paths[path].dropFirst()).contains { place.isMet(byLineFrom: $0, to: $1) }
  }
}
