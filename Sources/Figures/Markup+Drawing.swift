import Analysis

/// The pieces of a drawing in SVG.
extension Markup {
  /// Opens a drawing of so many units. What it shows is said in words beside it, so readers of these pass it over.
  mutating func beginDrawing(width: Double, height: Double) {
    raw("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ")
    number(width)
    raw(" ")
    number(height)
    raw("\" aria-hidden=\"true\">")
  }

  /// A point as paths and transformations have it, to a tenth of a unit: finer is not seen.
  mutating func point(_ point: Point) {
    number((point.x * 10).rounded() / 10)
    raw(" ")
    number((point.y * 10).rounded() / 10)
  }

  /// Straight lines through the points.
  mutating func path(_ style: StaticString, through points: [Point], isClosed: Bool = false) {
    raw("<path class=\"")
    raw(style)
    raw("\" d=\"")
    for (index, point) in points.enumerated() {
      raw(index == 0 ? "M" : "L")
      self.point(point)
    }
    raw(isClosed ? "z\"/>" : "\"/>")
  }

  /// A text that begins at the point, unless its style says that it ends there or has its middle there.
  mutating func text(_ text: String, _ style: StaticString, at point: Point) {
    raw("<text class=\"")
    raw(style)
    raw("\" x=\"")
    number((point.x * 10).rounded() / 10)
    raw("\" y=\"")
    number((point.y * 10).rounded() / 10)
    raw("\">")
    self.text(text)
    raw("</text>")
  }
}
