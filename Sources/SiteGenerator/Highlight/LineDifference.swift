/// Two texts merged line by line: what both have, what only the old has, what only the new has.
struct LineDifference {
  private(set) var text = ""
  private(set) var changes: [Highlighter.Lines.Change] = []

  /// Compares lines by the standard library's difference (Myers); removed lines stand before the ones that replace them.
  init(from old: String, to new: String) {
    let old = Self.lines(old)
    let new = Self.lines(new)
    let difference = new.difference(from: old)
    var removed: Set<Int> = []
    var inserted: Set<Int> = []
    for change in difference {
      switch change {
      case .remove(let offset, _, _): removed.insert(offset)
      case .insert(let offset, _, _): inserted.insert(offset)
      }
    }
    var (left, right) = (0, 0)
    while left < old.count || right < new.count {
      if removed.contains(left) {
        add(old[left], .removed)
        left += 1
      } else if inserted.contains(right) {
        add(new[right], .added)
        right += 1
      } else {
        add(new[right], .none)
        left += 1
        right += 1
      }
    }
  }

  private mutating func add(_ line: Substring, _ change: Highlighter.Lines.Change) {
    text += line
    text += "\n"
    changes.append(change)
  }

  private static func lines(_ text: String) -> [Substring] {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines
  }
}
