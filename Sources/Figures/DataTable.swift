/// The data behind a figure, in rows of text.
public struct DataTable: Sendable, Hashable {
  /// What a column holds.
  public struct Column: Sendable, Hashable {
    /// Which side the cells lean to.
    public enum Alignment: Sendable, Hashable {
      /// Words.
      case leading
      /// Numbers.
      case trailing
    }

    /// The heading.
    public var title: String
    /// The unit of the column's numbers; empty if the cells say it themselves.
    public var unit: String
    /// Which side the cells lean to.
    public var alignment: Alignment

    /// A column with the given heading.
    public init(_ title: String, unit: String = "", alignment: Alignment = .leading) {
      self.title = title
      self.unit = unit
      self.alignment = alignment
    }
  }

  /// The columns, in order.
  public var columns: [Column]
  /// The rows; each has a cell for each column.
  public var rows: [[String]]

  /// A table of the given columns and rows.
  public init(columns: [Column], rows: [[String]] = []) {
    self.columns = columns
    self.rows = rows
  }

  /// The table as HTML.
  public var html: String {
    var out = Markup()
    write(to: &out)
    return out.string
  }

  /// Writes the table as HTML.
  func write(to out: inout Markup) {
    out.raw("<table class=\"data\"><thead><tr>")
    for column in columns {
      guard !column.title.isEmpty else {
        // A corner without a word heads nothing.
        out.raw("<td></td>")
        continue
      }
      out.raw(column.alignment == .trailing ? "<th scope=\"col\" class=\"num\">" : "<th scope=\"col\">")
      out.text(column.unit.isEmpty ? column.title : "\(column.title) (\(column.unit))")
      out.raw("</th>")
    }
    out.raw("</tr></thead><tbody>")
    for row in rows {
      out.raw("<tr>")
      for (cell, column) in zip(row, columns) {
        out.raw(column.alignment == .trailing ? "<td class=\"num\">" : "<td>")
        out.text(cell)
        out.raw("</td>")
      }
      out.raw("</tr>")
    }
    out.raw("</tbody></table>")
  }
}
