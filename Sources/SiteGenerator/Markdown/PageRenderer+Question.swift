import CCMark

/// A question that the reader answers by choosing, before the page does: `!!! predict "Which of them …?"`.
///
/// Its body is an ordered list of options, each with the reply to whoever chose it, and after the list what is said to
/// those who would rather look. `[x]` before an option says that it is right.
///
///     !!! predict "Which takes the most time?"
///
///         1. [x] The dictionary
///
///             You chose the dictionary, and so does the profile: [60 % ± 6](claim:…).
///
///         2. The checksum
///
///             You chose the checksum. It touches every byte, yet it takes [10 % ± 4](claim:…).
///
///         The dictionary takes most.
///
/// The first number that a reply states is drawn beside its option if it is a share, once the reader has chosen. A claim in
/// words is not: what is nearly all may be of something else. All of it is radio buttons and style; nothing of a reply is
/// found by a search.
extension PageRenderer {
  func renderQuestion(_ question: Admonition) {
    parseBlocks(question.body) { document in
      guard let list = Self.options(in: document) else {
        render(question)
        return
      }
      renderQuestion(question, list)
    }
  }

  /// The ordered list of a question, if each of its items has a reply.
  private static func options(in document: CMarkNode) -> CMarkNode? {
    var node = document.firstChild
    while let block = node, block.type != CMARK_NODE_LIST { node = block.next }
    guard let list = node, cmark_node_get_list_type(list.pointer) == CMARK_ORDERED_LIST else { return nil }
    let items = list.children
    let isAnswered = items.allSatisfy { $0.firstChild?.type == CMARK_NODE_PARAGRAPH && $0.firstChild?.next != nil }
    return items.count <= 6 && isAnswered ? list : nil
  }

  private func renderQuestion(_ question: Admonition, _ list: CMarkNode) {
    counters.questions += 1
    let id = ids.make(for: "predict-\(counters.questions)")
    page.ids.append(id)
    // A form of a dialog that is in none is sent nowhere, by no key.
    out.append(markup: "<form method=\"dialog\" class=\"predict\" id=\"\(id)\">\n")
    out.append(markup: "<p class=\"question\" id=\"\(id)-question\">")
    page.search.separate()
    renderRun((question.title ?? "Predict").utf8, line: question.line)
    out.append("</p>\n")
    var block = list.parent?.firstChild
    while let introduction = block, introduction != list {
      walk(introduction)
      block = introduction.next
    }
    let items = list.children
    let replies = items.map(reply)
    let rest = reply(after: list)
    if rest.html.isEmpty {
      report("a question says after its options what those see who would rather look", line: question.line, .warning)
    }
    out.append(markup: "<div class=\"options\" role=\"radiogroup\" aria-labelledby=\"\(id)-question\">\n")
    for (index, item) in items.enumerated() {
      let letter = String(UnicodeScalar(UInt8(ascii: "A") + UInt8(index)))
      renderOption(item, letter: letter, of: id, measured: replies[index].measured)
    }
    out.append(markup: "<div class=\"option\"><label><input type=\"radio\" name=\"\(id)\" value=\"-\">")
    out.append("<span class=\"letter\"></span><span>I would rather look</span></label></div>\n</div>\n")
    out.append("<div class=\"replies\" role=\"status\">\n")
    for reply in replies + [rest] {
      out.append("<div class=\"reply\">\n")
      out.append(markup: reply.html)
      out.append("</div>\n")
    }
    out.append("</div>\n<p class=\"again\"><button type=\"reset\">Choose again</button></p>\n</form>\n")
  }

  private func renderOption(_ item: CMarkNode, letter: String, of id: String, measured: MeasuredNumber?) {
    guard let paragraph = item.firstChild else { return }
    let mark = siblingText(from: paragraph.firstChild, limit: 4)
    let isRight = mark == "[x] " || mark == "[X] "
    out.append("<div class=\"option")
    if isRight { out.append(" right") }
    out.append(markup: "\"><label><input type=\"radio\" name=\"\(id)\" value=\"\(letter)\">")
    out.append(markup: "<span class=\"letter\">\(letter)</span><span class=\"text\">")
    skipped = isRight || mark == "[ ] " ? 4 : 0
    out.lastProse = UInt8(ascii: " ")
    page.search.separate()
    walkChildren(of: paragraph)
    skipped = 0
    out.append("</span>")
    if let measured, measured.sign == " %" { out.append(markup: Self.bar(measured)) }
    out.append("</label></div>\n")
  }

  /// The measured share as a bar of a hundred percent, with its margin as a whisker. The reply says it in words.
  private static func bar(_ share: MeasuredNumber) -> String {
    func percent(_ value: Double) -> String { StatedNumber.digits(min(max(value, 0), 100), 1) }
    let margin = share.margin ?? 0
    let style =
      "--p:\(percent(share.value));--lo:\(percent(share.value - margin));--hi:\(percent(share.value + margin))"
    let said = StatedNumber.digits(share.value, 0) + "\u{A0}%"
    let whisker = share.margin.map { "<s></s><b>\(said) ± \(StatedNumber.digits($0, 0))</b>" } ?? "<b>\(said)</b>"
    return "<span class=\"measured\" style=\"\(style)\" aria-hidden=\"true\"><i></i>\(whisker)</span>"
  }

  // MARK: Replies

  private typealias Reply = (html: String, measured: MeasuredNumber?)

  /// What stands in an item behind its option.
  private func reply(_ item: CMarkNode) -> Reply { reply(after: item.firstChild) }

  /// What stands behind a block.
  private func reply(after block: CMarkNode?) -> Reply {
    page.search.isSecret = true
    firstMeasured = nil
    let start = out.count
    var node = block?.next
    while let next = node {
      walk(next)
      node = next.next
    }
    page.search.isSecret = false
    return (out.cut(from: start), firstMeasured)
  }
}

extension CMarkNode {
  /// The nodes right below.
  var children: [CMarkNode] {
    var all: [CMarkNode] = []
    var node = firstChild
    while let child = node {
      all.append(child)
      node = child.next
    }
    return all
  }
}
