import Analysis

/// Where one goes from a flame graph without a script: up the frames that lead to the zoomed one, or into one of the
/// frames that it leads to.
struct FlameWays {
  /// Frames above the zoomed one, and below it.
  private static let most = (above: 12, below: 12)

  let words: FlameWords
  let link: @Sendable (_ key: String?) -> String

  private var tree: FlameTree { words.report.tree }

  func write(to out: inout Markup) {
    let below = tree.nodes.indices.dropFirst().filter {
      tree.nodes[$0].parent == tree.zoomed && tree.nodes[$0].frame != nil
    }
    if below.isEmpty && tree.zoomed == 0 { return }
    out.raw("<noscript>")
    if tree.zoomed != 0 {
      out.element("p", ["class": "ways"]) { out in
        out.raw("Zoomed into: ")
        out.element("a", ["href": link(nil)], text: "the whole graph")
        let above = tree.path(to: tree.zoomed).dropFirst()
        out.raw(above.count > Self.most.above ? " › … " : "")
        for position in above.suffix(Self.most.above) {
          out.raw(" › ")
          paint(position, to: &out)
        }
      }
    }
    if !below.isEmpty {
      out.element("p", ["class": "ways"]) { out in
        out.raw("Zoom into: ")
        for position in below.prefix(Self.most.below) {
          paint(position, to: &out)
          out.text(" \(words.number(of: tree.nodes[position]))\n")
        }
      }
    }
    out.raw("</noscript>")
  }

  private func paint(_ position: Int, to out: inout Markup) {
    let name = tree.nodes[position].frame.map { tree.frames[$0].name } ?? ""
    let target = position == tree.zoomed ? nil : tree.key(of: position).map { link("\($0)") }
    out.text(name, linkedTo: target)
  }
}
