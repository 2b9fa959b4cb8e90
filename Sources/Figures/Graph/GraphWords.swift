import Analysis

/// Says in a sentence what a call graph shows.
struct GraphSentence {
  let drawing: ShownGraph
  let sums: FunctionSums
  let isDifference: Bool

  var text: String {
    if drawing.nodes.isEmpty { return "A call graph without functions: nothing was measured." }
    return isDifference ? difference : plain
  }

  private func value(_ value: Int64) -> String { drawing.format.rounded(value) }
  private func share(_ node: ShownGraph.Node) -> String { Quantity.share(drawing.cumShare(of: node, sums)) }

  private var plain: String {
    var text = "Call graph of \(value(drawing.total))"
    let path = drawing.hotFunctions
    if let last = path.last {
      let node = drawing.nodes[last]
      // Of one that calls nothing, both its values are the same: how one comes to it tells more.
      if last == drawing.busiest, node.flat == node.cum {
        let names = path.map { drawing.nodes[$0].name }
        let shown = names.count > 9 ? ["…"] + names.suffix(8) : names
        return text + ": the hottest path is \(shown.joined(separator: " → ")), \(share(node)), all in itself."
      }
      text += ": \(node.name) takes \(share(node))"
    }
    if let busiest = drawing.busiest.map({ drawing.nodes[$0] }), busiest.flat > 0 {
      text +=
        "; \(busiest.name) the most in itself, \(value(busiest.flat)) (\(Quantity.share(drawing.flatShare(of: busiest, sums))))"
    }
    return text + "."
  }

  private var difference: String {
    var text = "Difference of two call graphs, against \(value(drawing.total)) before"
    if let most = drawing.mostGrown { text += "; \(most.name) grew the most, by \(value(most.flat))" }
    if let least = drawing.mostShrunk {
      text += "; \(least.name) shrank the most, by \(value(least.flat == .min ? .max : -least.flat))"
    }
    return text + "."
  }
}

/// The functions of a call graph in numbers.
struct GraphTable {
  let drawing: ShownGraph
  let sums: FunctionSums
  let isDifference: Bool

  var table: DataTable {
    let share = isDifference ? "in percent of the total before" : "share"
    var table = DataTable(columns: [
      .init("Function"), .init("Flat", alignment: .trailing), .init("Flat \(share)", alignment: .trailing),
      .init("Cum", alignment: .trailing), .init("Cum \(share)", alignment: .trailing), .init("Calls"),
    ])
    for (index, node) in drawing.nodes.enumerated() {
      let calls = drawing.edges.filter { $0.source == index && $0.destination != nil }
        .map { "\($0.destinationName) \(drawing.text($0.weight, signed: isDifference))" }
      let shares = [drawing.flatShare(of: node, sums), drawing.cumShare(of: node, sums)]
        .map { isDifference ? Quantity.signedShare($0) : Quantity.share($0) }
      table.rows.append([
        node.name, drawing.text(node.flat, signed: isDifference), shares[0],
        drawing.text(node.cum, signed: isDifference), shares[1],
        calls.joined(separator: "; "),
      ])
    }
    return table
  }
}
