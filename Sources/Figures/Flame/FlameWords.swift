import Analysis

/// What a flame graph shows, as a sentence and as a table.
struct FlameWords {
  let tree: FlameTree
  /// What shares are shares of.
  let whole: Int64
  let quantity: Quantity

  /// A sentence for readers who do not see the drawing.
  var sentence: String {
    let type = tree.valueType.type
    if tree.nodes.count == 1 { return "Nothing was measured of \(type.isEmpty ? "this profile" : type)." }
    return tree.isDifference ? difference : tree.isInverted ? inverted : plain
  }

  private var everything: String { "\(quantity.text(tree.total.value)) of \(tree.valueType.type)" }

  private var plain: String {
    var text = "Flame graph of \(everything)"
    let hot = tree.hotNode
    if let hot, let frame = hot.frame {
      text += ": \(tree.frames[frame].name) takes \(share(hot.total.value))"
    }
    if let busiest = tree.busiest {
      let itself = share(busiest.own.value)
      text += hot?.frame == busiest.frame ? ", \(itself) in itself" : "; \(name(busiest)) the most in itself, \(itself)"
    }
    return text + "."
  }

  private var inverted: String {
    guard let busiest = tree.busiest else { return "Flame graph of \(everything), from the leaves." }
    return "Flame graph of \(everything), from the leaves: \(name(busiest)) itself takes \(share(busiest.own.value))."
  }

  private var difference: String {
    let total = tree.total
    var text =
      "Difference of two flame graphs, \(quantity.text(total.base)) before and \(quantity.text(total.value)) after"
    if let most = tree.mostGrown {
      text += "; \(name(most)) grew the most, by \(quantity.text(most.own.change))"
    }
    if let least = tree.mostShrunk {
      text += "; \(name(least)) shrank the most, by \(quantity.text(-max(least.own.change, -.max)))"
    }
    return text + "."
  }

  private func name(_ function: FlameFunction) -> String { tree.frames[function.frame].name }

  private func share(_ value: Int64) -> String { Quantity.share(value, of: whole) }

  /// The functions in numbers, the heaviest first.
  func table(rows: Int) -> DataTable {
    tree.isDifference ? difference(rows: rows) : plain(rows: rows)
  }

  private func plain(rows: Int) -> DataTable {
    var table = DataTable(columns: [
      .init("Function"), .init("Own", alignment: .trailing), .init("Own share", alignment: .trailing),
      .init("Total", alignment: .trailing), .init("Total share", alignment: .trailing),
    ])
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
