import CCMark

/// Commands and what they print, made from a capture: output in a lesson is never pasted, so it cannot go stale.
extension PageRenderer {
  /// A fence of commands, each on a line of its own after `$ `, whose info string says `from=SCENARIO/VARIANT/KIND`.
  ///
  /// `lines="1-8"` shows these lines of each output and a `…` for the rest. Empty lines at the end are left out.
  func renderTranscript(_ fence: CMarkNode, of capture: String, _ list: AttributeList, _ lines: Highlighter.Lines) {
    let shown = list["lines"].map(Self.lineNumbers)
    var text = ""
    for (offset, line) in fence.literal.string(0..<fence.literal.count).split(separator: "\n").enumerated() {
      text += line + "\n"
      let place = self.line(of: fence) + 1 + offset
      guard line.hasPrefix("$ ") else {
        report("the output of a command comes from its capture: '\(line)' is no command", line: place)
        continue
      }
      let command = String(line.dropFirst(2))
      page.references.append("output:\(capture)?\(command)")
      do {
        let output = try setting.evidence.output(CommandReference(capture: capture, command: command))
        text += Self.excerpt(output, shown)
      } catch {
        report("\(error)", line: place)
      }
    }
    text.withUTF8 { renderCode($0, language: "console", title: list["title"], lines: lines, classes: []) }
  }

  /// The lines of the given numbers, with a `…` wherever some are left out.
  private static func excerpt(_ output: String, _ shown: Set<Int>?) -> String {
    var text = ""
    var isLeavingOut = false
    var lines = output.split(separator: "\n", omittingEmptySubsequences: false)
    while lines.last == "" { lines.removeLast() }
    for (index, line) in lines.enumerated() {
      let isShown = shown?.contains(index + 1) ?? true
      if isShown { text += line + "\n" } else if !isLeavingOut { text += "…\n" }
      isLeavingOut = !isShown
    }
    return text
  }
}
