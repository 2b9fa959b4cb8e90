/// A page's footnotes, numbered in the order they are first referred to.
struct Footnotes {
  private var definitions: [String: FootnoteDefinition] = [:]
  private var numbers: [String: Int] = [:]
  private(set) var order: [String] = []
  private var marks: [String: Int] = [:]

  /// Keeps a definition; false if the label has one.
  mutating func define(_ note: FootnoteDefinition) -> Bool {
    guard definitions[note.label] == nil else { return false }
    definitions[note.label] = note
    return true
  }

  func isDefined(_ label: String) -> Bool { definitions[label] != nil }

  subscript(label: String) -> FootnoteDefinition? { definitions[label] }

  /// The number of a note, and how often it has been referred to, this time included.
  mutating func refer(to label: String) -> (number: Int, mark: Int) {
    let mark = (marks[label] ?? 0) + 1
    marks[label] = mark
    if let number = numbers[label] { return (number, mark) }
    order.append(label)
    numbers[label] = order.count
    return (order.count, mark)
  }

  func marks(of label: String) -> Int { marks[label] ?? 0 }

  /// Notes that nothing refers to.
  var unused: [FootnoteDefinition] {
    definitions.values.filter { marks[$0.label] == nil }.sorted { $0.line < $1.line }
  }
}

extension PageRenderer {
  /// The mark of a note; false if there is no such note.
  func renderFootnoteMark(_ label: String, _ list: AttributeList, line: Int) -> Bool {
    guard footnotes.isDefined(label) else {
      if !label.isEmpty, !label.contains(" ") { report("no such footnote: \(label)", line: line, .warning) }
      return false
    }
    let (number, mark) = footnotes.refer(to: label)
    out.append("<sup")
    // Its own id is what the note leads back to.
    var others = list
    others.id = "fnref\(mark > 1 ? "\(mark)" : ""):\(label)"
    out.append(attributes: others, classes: "footnote-mark")
    out.append("><a")
    if let id = list.id {
      out.append(attributes: AttributeList(id: id))
      take(id: id, line: line)
    }
    out.append(" href=\"#fn:")
    out.append(text: label)
    out.append("\" aria-label=\"Footnote ")
    out.append(number: number)
    out.append("\">")
    out.append(number: number)
    out.append("</a></sup>")
    return true
  }

  /// All notes that were referred to, at the page's end. A note may refer to further ones.
  func renderFootnotes() {
    // A note may be referred to by another one alone.
    defer {
      for note in footnotes.unused {
        report("nothing refers to footnote \(note.label)", line: note.line, .warning)
      }
    }
    guard !footnotes.order.isEmpty else { return }
    out.append("<section class=\"footnotes\" aria-label=\"Footnotes\">\n<ol>\n")
    var at = 0
    while at < footnotes.order.count {
      let label = footnotes.order[at]
      at += 1
      guard let note = footnotes[label] else { continue }
      out.append("<li id=\"fn:")
      out.append(text: label)
      out.append("\">\n")
      page.ids.append("fn:" + label)
      renderBlocks(note.body)
      for mark in 1...max(1, footnotes.marks(of: label)) {
        out.append("<a class=\"footnote-back\" href=\"#fnref")
        if mark > 1 { out.append(number: mark) }
        out.append(":")
        out.append(text: label)
        out.append("\" aria-label=\"Back to the text\">↩</a>\n")
      }
      out.append("</li>\n")
    }
    out.append("</ol>\n</section>\n")
  }
}
