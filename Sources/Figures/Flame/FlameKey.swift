import Analysis

/// What the colours of a flame graph mean, with how much of the whole each has of its own.
struct FlameKey {
  let tree: FlameTree
  let whole: Int64
  let colour: FigureOptions.Colour
  /// Whether values were drawn by lot.
  let isSampled: Bool
  /// Of a difference, whether both sides were scaled to the same work.
  let isScaled: Bool

  func write(to out: inout Markup) {
    out.raw("<p class=\"key\">")
    if tree.isDifference {
      let changes = tree.changes
      if changes.hasMore { swatch("u v", "+ more than before", to: &out) }
      if changes.hasLess { swatch("l v", "− less than before", to: &out) }
      if changes.hasSame || isSampled { swatch("e", isSampled ? "within noise" : "the same", to: &out) }
      if isScaled {
        out.raw("<span>Scaled to equal work: one round of each.</span>")
      }
    } else if colour == .heat {
      swatch("h0", "little of its own", to: &out)
      swatch("h7", "a quarter of all or more", to: &out)
    } else {
      out.raw(tree.valueType.unit == "nanoseconds" ? "<span>Own time:</span>" : "<span>Own share:</span>")
      for (origin, own) in tree.origins {
        swatch(origin.flameClass, "\(title(of: origin)) \(Quantity.share(own, of: whole))", to: &out)
      }
    }
    if tree.hasAsync { swatch("a", "async", to: &out) }
    out.raw("</p>")
  }

  /// What an origin is called; programs in Go have a runtime of their own.
  private func title(of origin: FrameOrigin) -> String {
    let isGo = tree.frames.contains { frame in
      frame.origin == .runtime && ["runtime.", "runtime/"].contains { frame.name.hasPrefix($0) }
    }
    return origin == .runtime && isGo ? "Go runtime" : origin.title
  }

  private func swatch(_ classes: String, _ text: String, to out: inout Markup) {
    out.raw("<span><i class=\"")
    out.text(classes)
    out.raw("\"></i>")
    out.text(text)
    out.raw("</span>")
  }
}
