/// What a sample adds to the tags of the nodes on its stack.
struct SampleTags: Hashable {
  /// Its text labels, joined; empty if it has none.
  var label: String
  /// Its numeric labels, formatted, without any value yet.
  var numbers: [Tag]
}

/// The tags of all samples. There are far fewer combinations of tags than samples.
struct SampleTagTable {
  /// The different combinations.
  private(set) var combinations: [SampleTags] = []
  /// The combination of each sample; −1 for a sample without tags.
  private(set) var ofSample: [Int] = []

  init(_ tags: [SampleTags] = []) {
    var positions: [SampleTags: Int] = [:]
    for tags in tags {
      if tags.label.isEmpty && tags.numbers.isEmpty {
        ofSample.append(-1)
        continue
      }
      let position = positions[tags] ?? combinations.count
      if position == combinations.count {
        positions[tags] = position
        combinations.append(tags)
      }
      ofSample.append(position)
    }
  }
}

/// What each combination of tags weighs at each node, summed up while a graph is built.
struct TagWeights {
  private var pairs = PairTable()
  private var entries: [Entry] = []

  private struct Entry {
    var node: Int
    var combination: Int
    var flat = Weight(value: 0, divisor: 0)
    var cum = Weight(value: 0, divisor: 0)
  }

  mutating func add(_ weight: Weight, combination: Int, toNode node: Int, flat: Bool) {
    let entry = pairs.number(node, combination)
    if entry == entries.count { entries.append(Entry(node: node, combination: combination)) }
    if flat { entries[entry].flat.add(weight) } else { entries[entry].cum.add(weight) }
  }

  /// Gives the nodes their tags.
  func settle(_ table: SampleTagTable, in nodes: inout [CallGraph.Node]) {
    for entry in entries {
      nodes[entry.node].tags.add(table.combinations[entry.combination], entry.flat, flat: true)
      nodes[entry.node].tags.add(table.combinations[entry.combination], entry.cum, flat: false)
    }
  }
}
