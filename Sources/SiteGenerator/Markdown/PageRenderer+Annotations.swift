import CCMark
import Foundation

/// Notes on lines of code, or on words: `(1)` in the code or the text, and an ordered list right below.
extension PageRenderer {
  /// A list whose items `(1)`, `(2)` … lead to.
  struct Annotations {
    var prefix: String
    var count: Int
  }

  /// Makes a list the notes of what stands before it.
  func annotations(in list: CMarkNode?) -> Annotations? {
    guard let list, list.type == CMARK_NODE_LIST, cmark_node_get_list_type(list.pointer) == CMARK_ORDERED_LIST else {
      return nil
    }
    counters.annotations += 1
    // Capital letters are the site's: no heading's id has any.
    let prefix = "Note-\(counters.annotations)-"
    let items = list.children
    for (index, item) in items.enumerated() { annotationItems[item.pointer] = prefix + String(index + 1) }
    return Annotations(prefix: prefix, count: items.count)
  }

  /// Renders something whose `(1)` lead to a list.
  func annotated(by annotations: Annotations?, _ render: () -> Void) {
    let outer = (self.annotations, syntax.annotations)
    self.annotations = annotations
    syntax.annotations = annotations?.count ?? 0
    render()
    (self.annotations, syntax.annotations) = outer
  }

  func renderAnnotation(_ number: Int) {
    guard let annotations else { return }
    out.append(markup: Self.link(annotations, number))
  }

  /// The number is no text of the page, so that code is copied without it.
  private static func link(_ annotations: Annotations, _ number: Int) -> String {
    "<a class=\"annotation\" href=\"#\(annotations.prefix)\(number)\" data-number=\"\(number)\" "
      + "aria-label=\"Note \(number)\"></a>"
  }

  // MARK: Code

  /// Stand for a note's number while the code around it is coloured; both are for private use.
  private static let (opening, closing) = ("\u{e000}", "\u{e001}")

  /// The notes of a block of code: the list right below, if comments in the code lead to it.
  func annotations(of code: CMarkNode) -> (Annotations, [UInt8])? {
    guard let list = code.next, list.type == CMARK_NODE_LIST, code.literal.contains(UInt8(ascii: "(")),
      cmark_node_get_list_type(list.pointer) == CMARK_ORDERED_LIST
    else { return nil }
    let marked = Self.marked(code.literal.string, count: list.children.count)
    guard let marked, let annotations = annotations(in: list) else { return nil }
    return (annotations, Array(marked.utf8))
  }

  /// Code with `# (1)` marked, `# (1)!` without its `#`; nil if no comment has any.
  private static func marked(_ code: String, count: Int) -> String? {
    guard !code.contains(opening) else { return nil }
    var found = false
    let comment = #/((?:#|\/\/|--|;|%|\/\*|<!--)\s*)\(([0-9]{1,4})\)(!?)(\s*(?:\*\/|-->))?/#
    let further = #/\(([0-9]{1,4})\)/#
    var lines: [Substring] = []
    for line in code.split(separator: "\n", omittingEmptySubsequences: false) {
      guard line.utf8.count < 10_000, let match = line.firstMatch(of: comment), let number = Int(match.2),
        (1...count).contains(number)
      else {
        lines.append(line)
        continue
      }
      found = true
      let isBare = !match.3.isEmpty
      let end = match.4 ?? ""
      let rest = line[match.range.upperBound...].replacing(further) { other in
        Int(other.1).map { (1...count).contains($0) } == true ? opening + other.1 + closing : String(other.0)
      }
      lines.append(
        line[..<match.range.lowerBound] + (isBare ? "" : match.1) + opening + match.2 + closing + (isBare ? "" : end)
          + rest)
    }
    return found ? lines.joined(separator: "\n") : nil
  }

  /// Puts links in the places that were marked.
  func linked(_ html: String, _ annotations: Annotations) -> String {
    var result = ""
    for (index, piece) in html.components(separatedBy: Self.opening).enumerated() {
      let parts = piece.components(separatedBy: Self.closing)
      guard index > 0, parts.count == 2, let number = Int(parts[0]) else {
        result += piece
        continue
      }
      result += Self.link(annotations, number) + parts[1]
    }
    return result
  }
}
