import Analysis

extension Traces {
  /// The stacks as pprof's report `traces`.
  public var text: String {
    let separator = "-----------+-------------------------------------------------------\n"
    var text = legend.joined(separator: "\n") + "\n"
    for stack in stacks {
      text += separator
      for labels in [stack.labels, stack.numericLabels] {
        let lines = labels.map { "\($0.key.padded(to: 10)):  \($0.values.joined(separator: " "))\n" }
        text += lines.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.joined()
      }
      for (depth, frame) in stack.frames.enumerated() {
        let value = depth == 0 ? format.string(stack.value) : ""
        text += "\(value.padded(to: 10))   \(frame.name)\(frame.isInline ? " (inline)" : "")\n"
      }
    }
    return text + separator
  }
}
