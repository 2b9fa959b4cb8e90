import Analysis

/// What an author says of one function of a figure: the number stands in large type beside it, and its row, its box or
/// the way to it is lit. In a listing of source it is said of a line, by a part of its text.
struct Callout: Sendable {
  /// The function, as the author writes it; of a listing a part of a line.
  let name: FunctionName
  /// A sentence; empty for none.
  let says: String

  /// The call-out that the options ask for; nil without one.
  init?(_ options: FigureOptions) {
    guard let name = options.callout else { return nil }
    self.name = FunctionName(name)
    says = options.says ?? ""
  }

  /// How high it is painted in a figure of a width, in pixels.
  func height(width: Double) -> Double {
    let lines = TextWidth.of(says, size: 15) / min(width - 48, 600)
    return 20 + 24 * (lines.rounded(.up) + 1)
  }

  /// The function as it is said of it: as the author wrote it, unless that is only how its name begins.
  func title(of function: String) -> String { name.text.hasSuffix("*") ? function : name.text }

  /// The call-out in words, e.g. `60 % ± 6 in HeaderDictionary.init`.
  func words(_ number: String, of function: String) -> String { "\(number) in \(title(of: function))" }

  /// Paints it as a paragraph.
  /// - Parameters:
  ///   - note: What the whisker means; empty for none.
  ///   - style: The style attribute's value, for its place.
  func paint(_ number: String, of function: String, note: String = "", style: Markup = Markup(), to out: inout Markup) {
    out.raw("<p class=\"callout\" style=\"")
    out.raw(style)
    out.raw("\"><b>")
    out.text(number)
    out.raw("</b> in <code>")
    out.text(title(of: function))
    out.raw("</code>")
    if !says.isEmpty {
      out.raw("<br/>")
      out.text(says)
    }
    if !note.isEmpty {
      out.raw("<small>")
      out.text(note)
      out.raw("</small>")
    }
    out.raw("</p>")
  }
}
