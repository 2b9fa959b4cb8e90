/// The drawing of one cycle: boxes below one another, with the way back at their right.
struct CycleDrawing {
  let steps: [String]
  let arrowID: String

  private let size = 13.0
  private let boxHeight = 30.0
  private let gap = 26.0

  /// How high it is, in pixels.
  var height: Double { Double(steps.count) * (boxHeight + gap) - gap + 4 }

  func paint(into out: inout Markup) {
    let widths = steps.map { TextWidth.of($0, size: size) + 24 }
    let widest = widths.max() ?? 0
    let middle = widest / 2 + 2
    out.raw("<svg viewBox=\"0 0 ")
    out.number(widest + 44)
    out.raw(" ")
    out.number(height)
    out.raw("\" width=\"")
    out.number(widest + 44)
    out.raw("\" height=\"")
    out.number(height)
    out.raw("\" aria-hidden=\"true\"><defs><marker id=\"")
    out.text(arrowID)
    out.raw("\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\">")
    out.raw("<path d=\"M0 0 8 4 0 8z\"/></marker></defs>")
    for (index, step) in steps.enumerated() {
      let top = 2 + Double(index) * (boxHeight + gap)
      box(step, width: widths[index], middle: middle, top: top, into: &out)
      if index + 1 < steps.count {
        out.raw("<path d=\"M")
        point(middle, top + boxHeight, into: &out)
        out.raw(" V")
        out.number(top + boxHeight + gap - 1)
        end(into: &out)
      }
    }
    wayBack(
      from: widths.last ?? 0, to: widths.first ?? 0, middle: middle, right: widest + 26, bottom: height, into: &out)
    out.raw("</svg>")
  }

  private func box(_ text: String, width: Double, middle: Double, top: Double, into out: inout Markup) {
    out.raw("<rect x=\"")
    out.number(middle - width / 2)
    out.raw("\" y=\"")
    out.number(top)
    out.raw("\" width=\"")
    out.number(width)
    out.raw("\" height=\"")
    out.number(boxHeight)
    out.raw("\" rx=\"5\"/><text x=\"")
    out.number(middle)
    out.raw("\" y=\"")
    out.number(top + boxHeight / 2 + size * 0.35)
    out.raw("\">")
    out.text(text)
    out.raw("</text>")
  }

  private func wayBack(
    from last: Double, to first: Double, middle: Double, right: Double, bottom: Double, into out: inout Markup
  ) {
    let (low, high) = (bottom - 2 - boxHeight / 2, 2 + boxHeight / 2)
    out.raw("<path class=\"back\" d=\"M")
    if steps.count == 1 {
      point(middle + last / 2, low + 7, into: &out)
    } else {
      point(middle + last / 2, low, into: &out)
    }
    out.raw(" H")
    out.number(right)
    out.raw(" V")
    out.number(steps.count == 1 ? high - 7 : high)
    out.raw(" H")
    out.number(middle + first / 2 + 1)
    end(into: &out)
  }

  private func point(_ x: Double, _ y: Double, into out: inout Markup) {
    out.number(x)
    out.raw(" ")
    out.number(y)
  }

  private func end(into out: inout Markup) {
    out.raw("\" marker-end=\"url(#")
    out.text(arrowID)
    out.raw(")\"/>")
  }
}
