import CCMark

/// A figure published for several values of a parameter: `!!! knob "Headers on a record"`.
///
/// Its body is an ordered list of stops. Each begins with the value, and has what the page shows when the reader has
/// chosen it: a figure, its caption, claims. `[x]` before a value says that it is chosen at first; else the first is.
///
///     !!! knob "Headers on a record"
///
///         1. 0
///
///             A round takes [0.9 times](claim:…) what it takes with the fix.
///
///             ![What is left](<figure:kafka-no-headers/faulty/cpu?view=flame> "No headers")
///
///         2. [x] 20
///
///             It takes [9.1 times](claim:…).
///
///             ![Freeing has grown](<figure:kafka-many-headers/faulty/cpu?view=flame> "Twenty headers")
///
/// The first number that a stop states is its column; the values are the axis below. Figures are files of their own that
/// the page shows as pictures, so that it stays small however many stops there are. All of it is radio buttons and style.
extension PageRenderer {
  /// The most stops that the theme's styles know.
  static let maximumStops = 8

  func renderKnob(_ knob: Admonition) {
    parseBlocks(knob.body) { document in
      guard let list = Self.stops(in: document) else {
        report(
          "a knob is an ordered list of 2 to \(Self.maximumStops) values, each with what it shows", line: knob.line)
        render(knob)
        return
      }
      renderKnob(knob, list)
    }
  }

  private static func stops(in document: CMarkNode) -> CMarkNode? {
    var node = document.firstChild
    while let block = node, block.type != CMARK_NODE_LIST { node = block.next }
    guard let list = node, cmark_node_get_list_type(list.pointer) == CMARK_ORDERED_LIST else { return nil }
    let isWhole = list.children.allSatisfy { $0.firstChild?.type == CMARK_NODE_PARAGRAPH && $0.firstChild?.next != nil }
    return (2...maximumStops).contains(list.children.count) && isWhole ? list : nil
  }

  private func renderKnob(_ knob: Admonition, _ list: CMarkNode) {
    counters.knobs += 1
    let id = ids.make(for: "knob-\(counters.knobs)")
    page.ids.append(id)
    out.append(markup: "<form method=\"dialog\" class=\"knob\" id=\"\(id)\">\n")
    var block = list.parent?.firstChild
    while let introduction = block, introduction != list {
      walk(introduction)
      block = introduction.next
    }
    let start = out.count
    out.append("<div class=\"settings\" role=\"status\">\n")
    drawsPictures += 1
    let stops = list.children.map { stop($0) }
    drawsPictures -= 1
    out.append("</div>\n</form>\n")
    let (axis, settings) = (axis(of: knob, id, stops), out.cut(from: start))
    out.append(markup: axis)
    out.append(markup: settings)
    // What was put before them moves the figures' places.
    for index in pendingFigures.indices where pendingFigures[index].place >= start {
      pendingFigures[index].place += axis.utf8.count
    }
    block = list.next
    while let rest = block {
      walk(rest)
      block = rest.next
    }
  }

  private struct Stop {
    var value: String
    var isChosen: Bool
    var measured: MeasuredNumber?
    var question: String
  }

  /// Renders what a stop shows, and returns what its place on the axis says.
  private func stop(_ item: CMarkNode) -> Stop {
    let paragraph = item.firstChild
    let written = paragraph?.plainText ?? ""
    let isChosen = written.hasPrefix("[x] ") || written.hasPrefix("[X] ")
    let value = isChosen || written.hasPrefix("[ ] ") ? String(written.dropFirst(4)) : written
    (firstMeasured, firstQuestion) = (nil, "")
    out.append("<div class=\"setting\">\n<p class=\"value\">")
    out.append(text: value)
    out.append("</p>\n")
    var node = paragraph?.next
    while let next = node {
      walk(next)
      node = next.next
    }
    out.append("</div>\n")
    return Stop(value: value, isChosen: isChosen, measured: firstMeasured, question: firstQuestion)
  }

  /// The columns over the values, which are radio buttons. Of numbers that cannot be compared none is drawn.
  private func axis(of knob: Admonition, _ id: String, _ stops: [Stop]) -> String {
    let numbers = stops.compactMap(\.measured)
    let isDrawn =
      numbers.count == stops.count && Set(numbers.map(\.sign)).count == 1 && numbers.allSatisfy { $0.value >= 0 }
    let largest = max(numbers.map(\.value).max() ?? 0, .leastNormalMagnitude)
    let chosen = stops.firstIndex(where: \.isChosen) ?? 0
    let title = HTMLBuffer.escaped(knob.title ?? "Value")
    var axis = "<fieldset class=\"axis\"><legend>\(title)</legend>\n"
    if isDrawn {
      axis += "<p class=\"height\" aria-hidden=\"true\">Height: \(HTMLBuffer.escaped(stops[chosen].question))</p>\n"
    }
    axis += "<div class=\"stops\">\n"
    for (index, stop) in stops.enumerated() {
      let value = HTMLBuffer.escaped(stop.value)
      let name = ids.make(for: "\(id)-\(stop.value)")
      page.ids.append(name)
      axis += "<label class=\"stop\" id=\"\(name)\">"
      if isDrawn, let number = stop.measured {
        let height = StatedNumber.digits(number.value / largest * 100, 1)
        axis += "<b aria-hidden=\"true\">\(Self.said(number))</b><i style=\"--h:\(height)\" aria-hidden=\"true\"></i>"
      }
      axis += "<input type=\"radio\" name=\"\(id)\" value=\"\(value)\"\(index == chosen ? " checked" : "")>"
      axis += "<span>\(value)</span></label>\n"
    }
    return axis + "</div></fieldset>\n"
  }

  /// The number over a column: `56 % ± 7`, `3.6×`.
  private static func said(_ number: MeasuredNumber) -> String {
    let decimals = number.sign == " %" || number.value >= 10 ? 0 : 1
    let margin = number.margin.map { "\u{A0}± \(StatedNumber.digits($0, decimals))" } ?? ""
    return StatedNumber.digits(number.value, decimals) + number.sign.replacing(" ", with: "\u{A0}") + margin
  }
}
