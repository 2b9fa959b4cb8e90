/// Code in the colours that pages have, for whoever shows some outside of a page.
public struct HighlightedCode: Sendable, Hashable {
  /// The markup of each line, without its end: text, escaped, in spans whose classes the theme's styles know.
  public var lines: [String]

  /// - Parameter language: as a fence's info string names it; one that is not known has no colours.
  public init(_ code: String, language: String) {
    var code = code
    let out = HTMLBuffer()
    // Lines that carry something are wrapped one by one, so that no span is cut where markup is.
    var lines = Highlighter.Lines()
    lines.firstNumber = 1
    code.withUTF8 { Highlighter.append($0, language: language, lines: lines, to: out) }
    self.lines = String(decoding: out.bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
      .map {
        String($0).replacing("</span><span class=\"line\">", with: "").replacing("<span class=\"line\">", with: "")
      }
    if let last = self.lines.last, last.hasSuffix("</span>") {
      self.lines[self.lines.count - 1] = String(last.dropLast("</span>".count))
    }
  }
}
