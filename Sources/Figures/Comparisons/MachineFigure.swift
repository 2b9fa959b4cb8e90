import Analysis

/// The published capture beside the one made on this machine, as a table.
struct MachineFigure: FigureDrawing {
  static let options = ["function"]
  static var style: [UInt8] { PackageResources.machines_css }
  static func advice(_ options: FigureOptions) -> String { "add it to function=" }

  private let comparison: MachineComparison

  init(_ input: FigureInput) throws {
    let (published, local) = try input.both()
    comparison = MachineComparison(published: published, local: local, functions: input.options.functions)
  }

  func figure() -> Figure {
    let table = DataTable(
      columns: [.init(""), .init("published"), .init("on this machine")],
      rows: comparison.rows.map { row in
        [row.name, said(row.published), said(row.local) + (row.difference.isEmpty ? "" : ", \(row.difference)")]
      })
    let body = wrapFigure("machines", title: "", alt: sentence) { out in
      out.raw("<div class=\"pan\" tabindex=\"0\">")
      table.write(to: &out)
      out.raw("</div>")
    }
    return Figure(body: body, alt: sentence, table: DataTable(columns: []), functions: comparison.functions)
  }

  func size(width: Double) -> (width: Double, height: Double) {
    (width, 24 + Double(comparison.rows.count + 1) * 30)
  }

  private var sentence: String {
    guard comparison.hasLocal else { return "The published capture; none was made on this machine yet." }
    return "The published capture and the one made on this machine differ in \(comparison.differing) of "
      + "\(comparison.rows.count) rows."
  }

  private func said(_ value: String) -> String { value.isEmpty ? "not captured" : value }
}
