import Pprof

extension FlameTree {
  /// Merges the stacks of a profile, and of one to compare it with, from their roots.
  ///
  /// Negative values, as subtracting profiles gives, count as measured in the base, which makes it a difference.
  /// - Parameters:
  ///   - profile: The profile shown.
  ///   - baseline: What it is compared with.
  ///   - valueIndex: Which of each sample's values counts; samples that lack it count nothing.
  ///   - baselineIndex: The same for the baseline.
  ///   - inverted: Whether to merge from the leaves, so that each leaf function is a root and its callers follow.
  ///   - smallest: Nodes narrower than this share of the whole are gathered into one remainder a parent.
  ///   - most: The width is raised until no more than so many nodes are as wide; nil leaves it.
  ///   - zoom: The frame that is looked at. The two limits are then those of what it calls; of all else, a quarter as
  ///     many nodes are left.
  ///   - kept: Functions of which the widest node stays even so, and all that leads to it; sets of alternatives.
  /// - Complexity: O(frames in all samples × log samples), and sorting each node's children.
  public init(
    _ profile: Profile, baseline: Profile? = nil, valueIndex: Int, baselineIndex: Int? = nil, inverted: Bool = false,
    smallest: Double = 0, most: Int? = nil, zoom: FlameFrameKey? = nil, kept: [Set<String>] = []
  ) {
    var builder = FlameTreeBuilder()
    builder.add(profile, valueIndex: valueIndex, asBase: false, inverted: inverted)
    if let baseline {
      builder.add(baseline, valueIndex: baselineIndex ?? valueIndex, asBase: true, inverted: inverted)
    }
    builder.merge()
    builder.sumUp()
    let types = profile.sampleTypes
    let layout = builder.layOut(
      smallest: smallest, most: most, zoomed: zoom.map { builder.entry(of: $0) } ?? 0, kept: kept)
    self.init(
      valueType: types.indices.contains(valueIndex) ? types[valueIndex] : ValueType(type: "", unit: ""),
      frames: builder.table.frames, nodes: layout.nodes,
      functions: builder.functions(inverted: inverted), isDifference: baseline != nil || builder.sawNegative,
      isInverted: inverted, zoomed: layout.zoomed, isPruned: layout.isPruned)
  }
}

/// Builds the tree as a trie, then puts it in order.
private struct FlameTreeBuilder {
  /// A node in the making: children are a linked list.
  private struct Entry {
    var frame: Int
    var parent: Int
    var firstChild = -1
    var nextSibling = -1
    var own = FlameWeight()
    var total = FlameWeight()
    /// The larger of both own weights, and the same of all below.
    var width: Int64 = 0
    /// How many nodes there are here and below.
    var size = 1
  }

  var table = FlameFrameTable()
  var sawNegative = false
  private var entries = [Entry(frame: -1, parent: 0)]
  /// The frames of all stacks, one stack behind the other, each from its root on.
  private var frames: [Int32] = []
  /// Where each stack begins, and where the last one ends.
  private var starts = [0]
  /// What was measured of each stack.
  private var weights: [FlameWeight] = []

  mutating func add(_ profile: Profile, valueIndex: Int, asBase: Bool, inverted: Bool) {
    let numbers = table.number(profile)
    // One behind the other: in the loop over all frames no array is retained.
    let places = numbers.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
    let numbered = numbers.flatMap { $0.map(Int32.init) }
    let variance = SamplingVariance(profile, index: valueIndex)
    for sample in profile.samples {
      guard sample.values.indices.contains(valueIndex) else { continue }
      let value = sample.values[valueIndex]
      if value == 0 { continue }
      for location in sample.locations.reversed() where profile.locations.indices.contains(location) {
        for place in places[location]..<places[location + 1] { frames.append(numbered[place]) }
      }
      if inverted { frames[starts[starts.count - 1]...].reverse() }
      starts.append(frames.count)
      if value < 0 { sawNegative = true }
      let amount = value < 0 ? (value == .min ? .max : -value) : value
      let chance = variance?.of(sample) ?? 0
      weights.append(
        asBase != (value < 0)
          ? FlameWeight(base: amount, variance: (0, chance)) : FlameWeight(value: amount, variance: (chance, 0)))
    }
  }

  /// Merges the stacks that were added.
  ///
  /// Sorted, a stack shares with the one before it every node that there is already: none has to be looked for.
  mutating func merge() {
    let (order, shared) = sortedStacks()
    entries.reserveCapacity(1 + frames.count - shared.reduce(0, +))
    var path: [Int] = []
    for (position, stack) in order.enumerated() {
      path.removeSubrange(shared[position]...)
      for place in (starts[stack] + shared[position])..<starts[stack + 1] {
        let (parent, new) = (path.last ?? 0, entries.count)
        entries.append(
          Entry(frame: Int(frames[place]), parent: parent, nextSibling: entries[parent].firstChild))
        entries[parent].firstChild = new
        path.append(new)
      }
      entries[path.last ?? 0].own.add(weights[stack])
    }
  }

  /// The stacks in the order of their frames, and how many frames each shares with the one before it.
  private func sortedStacks() -> (order: [Int], shared: [Int]) {
    frames.withUnsafeBufferPointer { frames in
      starts.withUnsafeBufferPointer { starts in
        func common(_ left: Int, _ right: Int) -> Int {
          let (a, b) = (starts[left], starts[right])
          let count = min(starts[left + 1] - a, starts[right + 1] - b)
          var index = 0
          while index < count, frames[a + index] == frames[b + index] { index += 1 }
          return index
        }
        let order = weights.indices.sorted { left, right in
          let index = common(left, right)
          let (a, b) = (starts[left] + index, starts[right] + index)
          if b == starts[right + 1] { return false }
          return a == starts[left + 1] || frames[a] < frames[b]
        }
        let shared = order.indices.map { $0 == 0 ? 0 : common(order[$0 - 1], order[$0]) }
        return (order, shared)
      }
    }
  }

  /// The entry that a key names; 0, the root, if there is none such.
  func entry(of key: FlameFrameKey) -> Int {
    guard let frame = table.frames.firstIndex(where: { $0.name == key.name }) else { return 0 }
    let named = entries.indices.dropFirst().filter { entries[$0].frame == frame && entries[$0].width > 0 }
    let onTheWay = key.way.flatMap { way in
      named.first { FlameFrameKey(path: path(to: $0).map { table.frames[entries[$0].frame].name })?.way == way }
    }
    return onTheWay ?? named.max { entries[$0].width < entries[$1].width } ?? 0
  }

  /// The entries from the root, which is left out, to one.
  private func path(to entry: Int) -> [Int] {
    var path: [Int] = []
    var entry = entry
    while entry != 0 {
      path.append(entry)
      entry = entries[entry].parent
    }
    return path.reversed()
  }

  /// The nodes in pre-order, heaviest first, each with its place; which is zoomed into, and whether any is left out.
  func layOut(
    smallest: Double, most: Int?, zoomed: Int, kept names: [Set<String>]
  ) -> (nodes: [FlameTree.Node], zoomed: Int, isPruned: Bool) {
    let isKept = widestPaths(to: names).union(path(to: zoomed))
    let isInside = entries.indices.reduce(into: [Bool]()) { isInside, index in
      isInside.append(index == zoomed || (index > zoomed && isInside[entries[index].parent]))
    }
    /// The least width of what is drawn on either side.
    func least(inside: Bool, of whole: Int64, most: Int?) -> Int64 {
      let least = Int64((Double(whole) * min(max(smallest, 0), 0.5)).rounded(.down))
      guard let most, most > 0 else { return least }
      let wide = entries.indices.lazy.filter { isInside[$0] == inside }.map { entries[$0].width }
        .filter { $0 > 0 && $0 >= least }.sorted(by: >)
      return wide.count > most ? min(min(wide[most], .max - 1) + 1, whole) : least
    }
    let inner = least(inside: true, of: entries[zoomed].width, most: most)
    let outer = zoomed == 0 ? inner : least(inside: false, of: entries[0].width, most: most.map { max($0 / 4, 1) })
    var nodes: [FlameTree.Node] = []
    var (zoomedNode, isPruned) = (0, false)
    // What is left to place, last first: an entry, or the remainder of a parent.
    var pending: [(entry: Int, parent: Int, depth: Int, start: Int64, remainder: Entry?)] = [(0, 0, 0, 0, nil)]
    while let (index, parent, depth, start, remainder) = pending.popLast() {
      let entry = remainder ?? entries[index]
      let position = nodes.count
      nodes.append(
        FlameTree.Node(
          frame: index == 0 || remainder != nil ? nil : entry.frame, parent: parent, depth: depth, own: entry.own,
          total: entry.total, start: start, width: entry.width, hidden: remainder == nil ? 0 : entry.size))
      if remainder != nil { continue }
      if index == zoomed { zoomedNode = position }
      let threshold = isInside[index] ? inner : outer
      var kept: [Int] = []
      var rest = Entry(frame: -1, parent: index, size: 0)
      var child = entry.firstChild
      while child >= 0 {
        if entries[child].width == 0 || (entries[child].width < threshold && !isKept.contains(child)) {
          rest.total.add(entries[child].total)
          rest.width = rest.width.saturatingSum(entries[child].width)
          rest.size += entries[child].size
        } else {
          kept.append(child)
        }
        child = entries[child].nextSibling
      }
      sort(&kept)
      var at = start
      var placed: [(entry: Int, parent: Int, depth: Int, start: Int64, remainder: Entry?)] = []
      for child in kept {
        placed.append((child, position, depth + 1, at, nil))
        at = at.saturatingSum(entries[child].width)
      }
      isPruned = isPruned || rest.width > 0
      if rest.width > 0, rest.width >= threshold { placed.append((index, position, depth + 1, at, rest)) }
      pending.append(contentsOf: placed.reversed())
    }
    return (nodes, zoomedNode, isPruned)
  }

  /// The widest entry of each set of functions, and all entries above it.
  private func widestPaths(to names: [Set<String>]) -> Set<Int> {
    var path: Set<Int> = []
    for names in names {
      let found = entries.indices.dropFirst().filter { names.contains(table.frames[entries[$0].frame].name) }
      path.formUnion(self.path(to: found.max { entries[$0].width < entries[$1].width } ?? 0))
    }
    return path
  }

  /// Adds up from the leaves: an entry is always made after its parent.
  mutating func sumUp() {
    for index in entries.indices.reversed() {
      let own = entries[index].own
      entries[index].total.add(own)
      entries[index].width = entries[index].width.saturatingSum(max(own.value, own.base))
      if index == 0 { continue }
      let parent = entries[index].parent
      entries[parent].total.add(entries[index].total)
      entries[parent].width = entries[parent].width.saturatingSum(entries[index].width)
      entries[parent].size += entries[index].size
    }
  }

  private func sort(_ nodes: inout [Int]) {
    nodes.sort { left, right in
      let (a, b) = (entries[left], entries[right])
      if a.width != b.width { return a.width > b.width }
      return table.frames[a.frame].name < table.frames[b.frame].name
    }
  }

  /// What each function of the stacks took, pruned or not.
  func functions(inverted: Bool) -> [FlameFunction] {
    var functions = table.frames.indices.map { FlameFunction(frame: $0, own: FlameWeight(), total: FlameWeight()) }
    // How often each frame stands on the path to the current node, so that recursion counts once.
    var isMet = [Bool](repeating: false, count: functions.count)
    var onPath = [Int](repeating: 0, count: functions.count)
    var pending = [(entry: 0, leaves: false)]
    while let (index, leaves) = pending.popLast() {
      let entry = entries[index]
      if leaves {
        onPath[entry.frame] -= 1
        continue
      }
      if index != 0 {
        isMet[entry.frame] = true
        if onPath[entry.frame] == 0 { functions[entry.frame].total.add(entry.total) }
        // Of an inverted tree the functions measured are the ones next to the root.
        if !inverted { functions[entry.frame].own.add(entry.own) }
        if inverted, entry.parent == 0 { functions[entry.frame].own.add(entry.total) }
        onPath[entry.frame] += 1
        pending.append((index, true))
      }
      var child = entry.firstChild
      while child >= 0 {
        pending.append((child, false))
        child = entries[child].nextSibling
      }
    }
    let names = table.frames
    return functions.filter { isMet[$0.frame] }.sorted { a, b in
      let (left, right) = (max(a.total.value, a.total.base), max(b.total.value, b.total.base))
      return left != right ? left > right : names[a.frame].name < names[b.frame].name
    }
  }
}
