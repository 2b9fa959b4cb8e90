import Analysis

extension Traces {
  /// The stacks as pprof's report `traces`.
  public var text: String {
    let separator = "-----------+-------------------------------------------------------\n"
    let blank = "".padded(to: 10)
    var text = legend.joined(separator: "\n") + "\n"
    for stack in stacks {
      text += separator
      for labels in [stack.labels, stack.numericLabels] {
        let lines = labels.map { "\($0.key.padded(to: 10)):  \($0.values.joined(separator: " "))\n" }
        text += lines.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.joined()
      }
      // Appended piece by piece: a profile may well have a million frames.
      var column = format.string(stack.value).padded(to: 10)
      for frame in stack.frames {
        text += column
        text += "   "
        text += frame.name
        text += frame.isInline ? " (inline)\n" : "\n"
        column = blank
      }
    }
    return text + separator
  }
}
