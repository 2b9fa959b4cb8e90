import Analysis

/// What the colours of a flame graph mean, with how much of the whole each has.
struct FlameKey {
  let tree: FlameTree
  let whole: Int64
  let colour: FigureOptions.Colour

  func write(to out: inout Markup) {
    out.raw("<p class=\"key\">")
    if tree.isDifference {
      let changes = tree.nodes.dropFirst().filter { $0.frame != nil }.map(\.total.change)
      if changes.contains(where: { $0 > 0 }) { swatch("u v", "+ more than before", to: &out) }
      if changes.contains(where: { $0 < 0 }) { swatch("l v", "− less than before", to: &out) }
      if changes.contains(0) { swatch("e", "the same", to: &out) }
    } else if colour == .heat {
      swatch("h0", "little of its own", to: &out)
      swatch("h7", "a quarter of all or more", to: &out)
    } else {
      origins(to: &out)
    }
    if tree.nodes.contains(where: { $0.frame.map { tree.frames[$0].isAsync } ?? false }) {
      swatch("a", "async", to: &out)
    }
    out.raw("</p>")
  }

  private func origins(to out: inout Markup) {
    for origin in FrameOrigin.allCases {
      var own: Int64 = 0
      var isPresent = false
      for function in tree.functions where tree.frames[function.frame].origin == origin {
        isPresent = true
        own = own.saturating(adding: function.own.value)
      }
      if isPresent {
        swatch(origin.flameClass, "\(origin.title) \(Quantity.share(own, of: whole))", to: &out)
      }
    }
  }

  private func swatch(_ classes: String, _ text: String, to out: inout Markup) {
    out.raw("<span><i class=\"")
    out.text(classes)
    out.raw("\"></i>")
    out.text(text)
    out.raw("</span>")
  }
}

extension Int64 {
  /// The sum, or the nearest number there is.
  func saturating(adding other: Int64) -> Int64 {
    let (sum, overflow) = addingReportingOverflow(other)
    if !overflow { return sum }
    return other < 0 ? .min : .max
  }
}
