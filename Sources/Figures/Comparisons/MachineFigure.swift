import Analysis

/// The published capture beside the one made on this machine, as a table.
struct MachineFigure: FigureDrawing {
  static let options = ["function"]
  static let style: [UInt8] = []
  static func advice(_ options: FigureOptions) -> String { "add it to function=" }

  private let comparison: MachineComparison

  init(_ input: FigureInput) throws {
    let (published, local) = try input.both()
    comparison = MachineComparison(published: published, local: local, functions: input.options.functions)
  }

  func figure() -> Figure {
    let table = DataTable(
      columns: [.init(""), .init("published"), .init("on this machine")],
      rows: comparison.rows.map { [$0.name, said($0.published), said($0.local)] })
    return Figure(body: table.html, alt: sentence, table: DataTable(columns: []), functions: comparison.functions)
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
