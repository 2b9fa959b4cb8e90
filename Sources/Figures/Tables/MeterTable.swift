/// Writes HTML tables whose numbers have a bar below them, as long as their share.
struct MeterTable {
  private(set) var out = Markup()

  /// A table with a caption for readers who do not see it and the given column headings; the first is that of names.
  init(caption: String, columns: [String]) {
    out.raw("<div class=\"pan\" tabindex=\"0\"><table class=\"meter\" aria-label=\"")
    out.text(caption)
    out.raw("\"><thead><tr>")
    for (index, column) in columns.enumerated() {
      out.raw(index == 0 ? "<th scope=\"col\">" : "<th scope=\"col\" class=\"num\">")
      out.text(column)
      out.raw("</th>")
    }
    out.raw("</tr></thead><tbody>")
  }

  /// Begins a row with a name, which may lead somewhere.
  mutating func beginRow(_ name: String, note: String = "", class style: StaticString = "", link: String? = nil) {
    out.raw("<tr class=\"")
    out.raw(style)
    out.raw("\"><th scope=\"row\"><code>")
    out.text(name, linkedTo: link)
    out.raw("</code>")
    if !note.isEmpty {
      out.raw(" <small>")
      out.text(note)
      out.raw("</small>")
    }
    out.raw("</th>")
  }

  /// A heading in the midst of the rows.
  mutating func heading(_ text: String, columns: Int) {
    out.raw("<tr class=\"part\"><th scope=\"rowgroup\" colspan=\"")
    out.number(columns)
    out.raw("\">")
    out.text(text)
    out.raw("</th></tr>")
  }

  /// A value with its share of a whole, and the bar of that length.
  /// - Parameter meaning: a sentence that says what the number means; empty for none.
  mutating func cell(_ value: String, share: String, of part: Int64, _ whole: Int64, meaning: String = "") {
    let portion = whole == 0 ? 0 : min(abs(Double(part) / Double(whole)), 1) * 100
    out.raw(part < 0 ? "<td class=\"num bar less\" style=\"--p:" : "<td class=\"num bar\" style=\"--p:")
    out.number(portion)
    out.raw("%\"")
    out.title(meaning)
    out.raw(">")
    out.text(value)
    out.raw(" <small>")
    out.text(share)
    out.raw("</small></td>")
  }

  /// A number without a bar.
  mutating func cell(_ text: String, meaning: String = "") {
    out.raw("<td class=\"num\"")
    out.title(meaning)
    out.raw(">")
    out.text(text)
    out.raw("</td>")
  }

  /// Ends the current row.
  mutating func endRow() {
    out.raw("</tr>\n")
  }

  /// Ends the table.
  mutating func end() {
    out.raw("</tbody></table></div>")
  }
}
