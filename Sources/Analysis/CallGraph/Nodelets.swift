import Pprof

/// At most this many label boxes are drawn at a node, and as many numeric ones at each of them.
let nodeletLimit = 4

extension CallGraph.Node {
  /// The heaviest labels of the node, as boxes.
  ///
  /// A leaf shows cumulative values, since these include what its removed callees had; others show flat ones.
  var nodelets: [ShownGraph.Nodelet] {
    let flat = !outgoing.isEmpty
    var boxes: [ShownGraph.Nodelet] = []
    for (number, tag) in Array(tags.labels.values).sortedByWeight(flat: flat).prefix(nodeletLimit).enumerated() {
      let value = flat ? tag.flat : tag.cum
      if value == 0 { continue }
      boxes.append(
        ShownGraph.Nodelet(
          number: number, label: tag.name, value: value, isDotted: false,
          nodelets: numericNodelets(of: tag.name, flat: flat)))
    }
    return boxes
  }

  /// The numeric labels that came without any text label, as boxes.
  var numericNodelets: [ShownGraph.Nodelet] { numericNodelets(of: "", flat: !outgoing.isEmpty) }

  private func numericNodelets(of label: String, flat: Bool) -> [ShownGraph.Nodelet] {
    guard let numbers = tags.numeric[label] else { return [] }
    return Array(numbers.values).collapsed(to: nodeletLimit, flat: flat).enumerated().compactMap { number, tag in
      let isWhole = flat || tag.flat == tag.cum
      let value = isWhole ? tag.flat : tag.cum
      if value == 0 { return nil }
      return ShownGraph.Nodelet(
        number: number, label: tag.name, value: value, isDotted: !isWhole, nodelets: [])
    }
  }
}

extension [Tag] {
  /// The heaviest tags, with each of the others merged into the nearest of them by number.
  ///
  /// Merged ones are named by their range, e.g. `1MB..3MB`.
  fileprivate func collapsed(to limit: Int, flat: Bool) -> [Tag] {
    let tags = sortedByWeight(flat: flat)
    if tags.count <= limit { return tags }
    var groups = tags.prefix(limit).map { [$0] }
    for tag in tags.dropFirst(limit) {
      let nearest = groups.indices.min { tag.distance(to: groups[$0][0]) < tag.distance(to: groups[$1][0]) }
      groups[nearest ?? 0].append(tag)
    }
    return groups.map(Tag.init(merging:)).sortedByWeight(flat: flat)
  }
}
