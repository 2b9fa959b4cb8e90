import Analysis

/// Names one frame of a flame graph, so that an address can lead to it: a function's name, and the number before it says
/// which of its frames, in reading order, is meant: `decode(from:)`, `2~decode(from:)`.
struct FrameKey {
  private let name: String
  private let number: Int

  /// A key as it stands in an address.
  init?(_ text: String) {
    let parts = text.split(separator: "~", maxSplits: 1, omittingEmptySubsequences: false)
    if parts.count == 2, let number = Int(parts[0]), number >= 0 {
      (name, self.number) = (String(parts[1]), number)
    } else {
      (name, number) = (text, 0)
    }
    if name.isEmpty { return nil }
  }

  /// The node of the tree; nil if there is none such.
  func position(in tree: FlameTree) -> Int? {
    let frames = Set(tree.frames.indices.filter { tree.frames[$0].name == name })
    let found = tree.nodes.indices.filter { index in tree.nodes[index].frame.map(frames.contains) ?? false }
    // Row by row, and in a row from left to right, as nodes in pre-order are.
    let sorted = found.sorted { (tree.nodes[$0].depth, $0) < (tree.nodes[$1].depth, $1) }
    return sorted.indices.contains(number) ? sorted[number] : nil
  }
}
