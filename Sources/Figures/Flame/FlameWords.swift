import Analysis

/// What a flame graph shows, as a sentence and as a table.
struct FlameWords {
  let report: FlameReport
  let quantity: Quantity
  /// Of a difference, whether both sides were scaled to the same work.
  let isScaled: Bool
  /// What the call-out says, without its sentence; empty without one.
  let callout: String

  private var tree: FlameTree { report.tree }

  /// A sentence for readers who do not see the drawing.
  var sentence: String {
    let type = tree.valueType.type
    if tree.nodes.count == 1 { return "Nothing was measured of \(type.isEmpty ? "this profile" : type)." }
    let text = tree.isDifference ? difference : tree.isInverted ? inverted : plain
    return callout.isEmpty ? text : "\(text) Called out: \(callout)."
  }

  private var everything: String { "\(quantity.text(tree.total.value)) of \(tree.valueType.type)" }

  private var plain: String {
    var text = "Flame graph of \(everything)"
    let hot = tree.hotNode
    if let hot, let frame = hot.frame {
      text += ": \(tree.frames[frame].name) takes \(share(hot.total))"
    }
    if let busiest = tree.busiest {
      let itself = share(busiest.own)
      text += hot?.frame == busiest.frame ? ", \(itself) in itself" : "; \(name(busiest)) the most in itself, \(itself)"
    }
    return text + "."
  }

  private var inverted: String {
    guard let busiest = tree.busiest else { return "Flame graph of \(everything), from the leaves." }
    return "Flame graph of \(everything), from the leaves: \(name(busiest)) itself takes \(share(busiest.own))."
  }

  private var difference: String {
    let total = tree.total
    var text = "Difference of two flame graphs, "
    if isScaled { text += "scaled to equal work, one round of each: " }
    text += "\(value(total.base)) before and \(value(total.value)) after"
    if let most = tree.mostGrown.map({ ($0, report.change(of: $0.own)) }), !most.1.isNoise() {
      text += "; \(name(most.0)) grew the most, by \(amount(most.1))"
    }
    if let least = tree.mostShrunk.map({ ($0, report.change(of: $0.own)) }), !least.1.isNoise() {
      text += "; \(name(least.0)) shrank the most, by \(amount(least.1))"
    }
    return text + "."
  }

  private func name(_ function: FlameFunction) -> String { tree.frames[function.frame].name }

  private func share(_ weight: FlameWeight) -> String { Quantity.share(report.share(of: weight)) }

  /// A value of a difference: as it is written elsewhere, or rounded if it was scaled.
  private func value(_ value: Int64) -> String {
    isScaled ? quantity.text(Estimate(Double(value))) : quantity.text(value)
  }

  /// How large a change is, its sign aside.
  private func amount(_ change: Estimate) -> String {
    let amount = Estimate(abs(change.value), error: change.error)
    if change.error != nil || isScaled { return quantity.text(amount) }
    return quantity.text(Int64(exactly: amount.value) ?? .max)
  }

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
        tree.frames[function.frame].name, quantity.text(function.own.value), share(function.own),
        quantity.text(function.total.value), share(function.total),
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
        tree.frames[function.frame].name, change(function.own), value(function.total.base),
        value(function.total.value), change(function.total),
      ])
    }
    return table
  }

  /// A change with its sign; one that may be chance alone says so.
  func change(_ weight: FlameWeight) -> String {
    amount(of: weight) + (report.change(of: weight).isNoise() ? ", within noise" : "")
  }

  private func amount(of weight: FlameWeight) -> String {
    let change = report.change(of: weight)
    if change.error == nil && !isScaled { return quantity.change(weight.change) }
    return change.value == 0 ? "±0" : quantity.change(change)
  }

  /// A node's values in words: what it has, which share that is, and what of it is its own.
  func description(of node: FlameTree.Node) -> String {
    if tree.isDifference { return "\(change(node.total)), \(value(node.total.base)) → \(value(node.total.value))" }
    let text = "\(quantity.text(node.total.value)) \(share(node.total))"
    let hasOwn = !tree.isInverted && node.own.value > 0 && node.own.value < node.total.value
    return hasOwn ? "\(text), own \(quantity.text(node.own.value))" : text
  }

  /// The number beside a node's name.
  func number(of node: FlameTree.Node) -> String {
    if tree.isDifference {
      guard isScaled else { return quantity.change(node.total.change) }
      return rounded(node.total) + (node.depth == 0 ? " a round" : "")
    }
    return node.depth == 0 ? quantity.text(node.total.value) : report.share(of: node.total).percentage
  }

  /// The number of a call-out: a share of the whole, of a difference the change.
  func calledOut(_ weight: FlameWeight) -> String {
    guard tree.isDifference else { return Quantity.share(report.share(of: weight)) }
    let noise = report.change(of: weight).isNoise() ? ", within noise" : ""
    return amount(of: weight) + (isScaled ? " a round" : "") + noise
  }

  private func rounded(_ weight: FlameWeight) -> String {
    weight.change == 0 ? "±0" : quantity.change(Estimate(Double(weight.change)))
  }
}
