import Leaks

/// The kinds of references a component is made of: two components with the same ones have the same shape.
struct CycleShape: Hashable {
  /// One kind of reference: kind of owner, name, kind of target.
  struct Link: Hashable, Comparable {
    var from: Int32
    var label: Int32
    var to: Int32

    static func < (left: Link, right: Link) -> Bool {
      (left.from, left.label, left.to) < (right.from, right.label, right.to)
    }
  }
  /// Ascending, each once.
  let links: [Link]

  /// The shape of the component, and how often each of its links occurs in it. O(references × log(references)).
  static func of(_ number: Int, _ components: Components, _ graph: LeakGraph) -> (CycleShape, counts: [Int]) {
    var all: [Link] = []
    for node in components.members[number] {
      for reference in graph.references(of: Int(node)) {
        let target = graph.targets[reference]
        guard components.component[Int(target)] == Int32(number) else { continue }
        all.append(Link(from: graph.nodes[Int(node)], label: graph.labels[reference], to: graph.nodes[Int(target)]))
      }
    }
    all.sort()
    var links: [Link] = []
    var counts: [Int] = []
    for link in all {
      guard links.last != link else {
        counts[counts.count - 1] += 1
        continue
      }
      links.append(link)
      counts.append(1)
    }
    return (CycleShape(links: links), counts)
  }
}
