import Analysis

/// The functions of a flame graph in numbers.
struct FlameTable {
  let tree: FlameTree
  let quantity: Quantity

  func table(rows: Int) -> DataTable {
    tree.isDifference ? difference(rows: rows) : plain(rows: rows)
  }

  private func plain(rows: Int) -> DataTable {
    var table = DataTable(columns: [
      .init("Function"), .init("Own", alignment: .trailing), .init("Own share", alignment: .trailing),
      .init("Total", alignment: .trailing), .init("Total share", alignment: .trailing),
    ])
    let whole = tree.total.value
    for function in tree.functions.prefix(rows) {
      table.rows.append([
        tree.frames[function.frame].name, quantity.text(function.own.value),
        Quantity.share(function.own.value, of: whole), quantity.text(function.total.value),
        Quantity.share(function.total.value, of: whole),
      ])
    }
    return table
  }

  private func difference(rows: Int) -> DataTable {
    var table = DataTable(columns: [
      .init("Function"), .init("Own change", alignment: .trailing), .init("Total before", alignment: .trailing),
      .init("Total after", alignment: .trailing), .init("Total change", alignment: .trailing),
    ])
    for function in tree.functions.prefix(rows) {
      table.rows.append([
        tree.frames[function.frame].name, quantity.change(function.own.change), quantity.text(function.total.base),
        quantity.text(function.total.value), quantity.change(function.total.change),
      ])
    }
    return table
  }
}
