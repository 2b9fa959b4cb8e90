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
/// words is not: what is nearly all may be of something else. Neither is a single number: where it stands would tell. All of it is radio buttons and style; nothing of a reply is
/// found by a search.
///
/// A flame graph before the list is answered by clicking: the boxes of functions that options set as code are labels of
/// their buttons. Until the reader has chosen it shows who calls whom, and not how much each takes.
///
///     !!! predict "Click the box that you think takes the most time."
///
///         ![What each takes.](figure:kettle/faulty/cpu?view=flame)
///
///         1. [x] `Kettle.boil`
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
    let figures = pendingFigures.count
    var block = list.parent?.firstChild
    while let introduction = block, introduction != list {
      walk(introduction)
      block = introduction.next
    }
    let items = list.children
    let isClicked = ask(items, of: id, in: figures..<pendingFigures.count, line: question.line)
    let replies = items.map(reply)
    let shares = replies.map { $0.measured?.sign == " %" ? $0.measured : nil }
    let isDrawn = shares.count { $0 != nil } > 1
    let rest = reply(after: list)
    if rest.html.isEmpty {
      report("a question says after its options what those see who would rather look", line: question.line, .warning)
    }
    out.append(markup: "<div class=\"options\" role=\"radiogroup\" aria-labelledby=\"\(id)-question\">\n")
    for (index, item) in items.enumerated() {
      renderOption(item, letter: Self.letter(index), of: id, isClicked, share: isDrawn ? shares[index] : nil)
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

  /// The letter that an option is known by.
  private static func letter(_ index: Int) -> String { String(UnicodeScalar(UInt8(ascii: "A") + UInt8(index))) }

  /// What stands before an option's text: whether it is right, if anything.
  private func mark(of item: CMarkNode) -> (text: String, isRight: Bool) {
    let mark = siblingText(from: item.firstChild?.firstChild, limit: 4)
    return (mark, mark == "[x] " || mark == "[X] ")
  }

  /// Has the figures before the options ask for one of them by a click; false if there are none.
  private func ask(_ items: [CMarkNode], of id: String, in figures: Range<Int>, line: Int) -> Bool {
    guard !figures.isEmpty else { return false }
    let options = items.enumerated().map { index, item in
      FigureReference.Question.Option(
        letter: Self.letter(index), button: "\(id)-\(Self.letter(index))", functions: item.firstChild?.codeSpans ?? [],
        isRight: mark(of: item).isRight)
    }.filter { !$0.functions.isEmpty }
    if options.count < 2 {
      report("a question about a figure names functions as code in two of its options at least", line: line)
    }
    for index in figures { pendingFigures[index].reference.question = .init(id: "\(id)-question", options: options) }
    return true
  }

  private func renderOption(
    _ item: CMarkNode, letter: String, of id: String, _ isClicked: Bool, share: MeasuredNumber?
  ) {
    guard let paragraph = item.firstChild else { return }
    let (mark, isRight) = mark(of: item)
    // Boxes of a figure are labels of the button too; its name is the option's text alone.
    let names = isClicked ? " id=\"\(id)-\(letter)\" aria-labelledby=\"\(id)-\(letter)-text\"" : ""
    out.append("<div class=\"option")
    if isRight { out.append(" right") }
    out.append(markup: "\"><label><input type=\"radio\" name=\"\(id)\" value=\"\(letter)\"\(names)>")
    out.append(markup: "<span class=\"letter\">\(letter)</span><span class=\"text\"")
    if isClicked { out.append(markup: " id=\"\(id)-\(letter)-text\"") }
    out.append(">")
    skipped = isRight || mark == "[ ] " ? 4 : 0
    out.lastProse = UInt8(ascii: " ")
    page.search.separate()
    walkChildren(of: paragraph)
    skipped = 0
    out.append("</span>")
    if let share { out.append(markup: Self.bar(share)) }
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
