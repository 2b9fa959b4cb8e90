import Analysis

extension Figure {
  /// The published capture beside the one made on this machine, as a table.
  public static func machines(_ comparison: MachineComparison) -> Figure {
    let table = DataTable(
      columns: [.init(""), .init("published"), .init("on this machine")],
      rows: comparison.rows.map { [$0.name, said($0.published), said($0.local)] })
    let differing = comparison.rows.count { !$0.published.isEmpty && !$0.local.isEmpty && $0.published != $0.local }
    let alt =
      comparison.rows.contains { !$0.local.isEmpty }
      ? "The published capture and the one made on this machine differ in \(differing) of \(comparison.rows.count) rows."
      : "The published capture; none was made on this machine yet."
    return Figure(body: table.html, alt: alt, table: DataTable(columns: []), functions: comparison.functions)
  }

  private static func said(_ value: String) -> String { value.isEmpty ? "not captured" : value }
}
