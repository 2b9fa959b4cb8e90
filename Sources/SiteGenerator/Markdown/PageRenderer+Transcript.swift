import CCMark

/// Commands and what they print, made from a capture: output in a lesson is never pasted, so it cannot go stale.
extension PageRenderer {
  /// A fence of commands, each on a line of its own after `$ `, whose info string says `from=SCENARIO/VARIANT/KIND`.
  ///
  /// `lines="1-8"` shows these lines of each output and a `…` for the rest; `lines="Type: flat%-"` shows the lines with
  /// the first text and all from the one with the second on, wherever they stand. Empty lines at the end are left out.
  func renderTranscript(_ fence: CMarkNode, of capture: String, _ list: AttributeList, _ lines: Highlighter.Lines) {
    let items = list["lines"]?.split(separator: " ") ?? []
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
        text += excerpt(output, items, at: place)
      } catch {
        report("\(error)", line: place)
      }
    }
    text.withUTF8 { renderCode($0, language: "console", title: list["title"], lines: lines, classes: []) }
  }

  /// The lines that the items name, all without any, with a `…` wherever some are left out.
  private func excerpt(_ output: String, _ items: [Substring], at place: Int) -> String {
    var text = ""
    var isLeavingOut = false
    var lines = output.split(separator: "\n", omittingEmptySubsequences: false)
    while lines.last == "" { lines.removeLast() }
    let shown = items.reduce(into: Set<Int>()) { shown, item in
      let named = Self.numbers(of: item, in: lines)
      if named.isEmpty { report("no line of the output is '\(item)'", line: place, .warning) }
      shown.formUnion(named)
    }
    for (index, line) in lines.enumerated() {
      let isShown = items.isEmpty || shown.contains(index + 1)
      if isShown { text += line + "\n" } else if !isLeavingOut { text += "…\n" }
      isLeavingOut = !isShown
    }
    return text
  }

  /// The numbers of the lines that an item of `lines` names: `2`, `2-5`, `2-`, a text that they have, or a text and a
  /// hyphen for all from the first one with it on.
  private static func numbers(of item: Substring, in lines: [Substring]) -> Set<Int> {
    let all = 1..<lines.count + 1
    if item.first?.isNumber ?? false { return LineNumbers(String(item)).numbers(in: all) }
    let isOpen = item.hasSuffix("-")
    let text = isOpen ? item.dropLast() : item
    let found = all.filter { lines[$0 - 1].contains(text) }
    return Set(isOpen ? found.first.map { Array($0..<all.upperBound) } ?? [] : found)
  }
}
