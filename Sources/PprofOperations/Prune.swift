import Patterns
import Pprof

extension Profile {
  /// Removes each frame that matches `drop` but not `keep`, with all it called.
  ///
  /// The first such frame from the root counts. Frames at the root that match are left alone until one comes that
  /// does not, so that no stack disappears whole. Names are compared without leading dot and arguments, see
  /// `simplifiedName(_:)`.
  ///
  /// Source: google/pprof, `profile/prune.go`, `Prune`.
  public mutating func prune(drop: Pattern, keep: Pattern? = nil) {
    let isDropped = functions.map { function in
      if function.name.isEmpty { return false }
      let name = simplifiedName(function.name)
      return drop.matches(name) && !(keep?.matches(name) ?? false)
    }
    /// What a location is to the pruning.
    enum Role { case kept, pruned, prunedBeneath }
    var roles = [Role](repeating: .kept, count: locations.count)
    for index in locations.indices {
      let lines = locations[index].lines
      guard let match = lines.lastIndex(where: { isDropped[$0.function] }) else { continue }
      if match == lines.count - 1 {
        roles[index] = .pruned
      } else {
        roles[index] = .prunedBeneath
        locations[index].lines.removeSubrange(...match)
      }
    }
    for index in samples.indices {
      let stack = samples[index].locations
      guard let firstUser = stack.lastIndex(where: { roles[$0] == .kept }) else { continue }
      guard let cut = stack[..<firstUser].lastIndex(where: { roles[$0] != .kept }) else { continue }
      samples[index].locations.removeSubrange(..<(roles[stack[cut]] == .pruned ? cut + 1 : cut))
    }
  }

  /// Removes what lies beneath the lowest frame that matches; the frame itself stays.
  ///
  /// Of a stack `D;B;C;B;A` with the leaf A, `pruneFrom(B)` leaves `D;B;C;B`, where `prune(drop: B)` leaves `D`.
  ///
  /// Source: google/pprof, `profile/prune.go`, `PruneFrom`.
  public mutating func pruneFrom(_ pattern: Pattern) {
    let isMatched = functions.map { !$0.name.isEmpty && pattern.matches(simplifiedName($0.name)) }
    var isPruned = [Bool](repeating: false, count: locations.count)
    for index in locations.indices {
      guard let match = locations[index].lines.firstIndex(where: { isMatched[$0.function] }) else { continue }
      isPruned[index] = true
      locations[index].lines.removeSubrange(..<match)
    }
    for index in samples.indices {
      if let cut = samples[index].locations.firstIndex(where: { isPruned[$0] }) {
        samples[index].locations.removeSubrange(..<cut)
      }
    }
  }

  /// Prunes what the profile itself declares uninteresting by `dropFrames` and `keepFrames`; they must match a whole
  /// name.
  ///
  /// - Throws: `ProfileError.badPattern`; the profile is unchanged then.
  public mutating func removeUninteresting() throws(ProfileError) {
    if dropFrames.isEmpty { return }
    let drop = try Pattern(forProfile: "^(\(dropFrames))$")
    let keep = keepFrames.isEmpty ? nil : try Pattern(forProfile: "^(\(keepFrames))$")
    prune(drop: drop, keep: keep)
  }
}

/// A function's name without a leading dot and without its arguments: all from the first parenthesis on, where
/// `(anonymous namespace)` and `operator()` do not count.
///
/// Source: google/pprof, `profile/prune.go`, `simplifyFunc`.
func simplifiedName(_ name: String) -> String {
  var bytes = Array(name.utf8)[...]
  if bytes.first == UInt8(ascii: ".") { bytes.removeFirst() }
  let reserved = [Array("(anonymous namespace)".utf8), Array("operator()".utf8)]
  var position = bytes.startIndex
  while position < bytes.endIndex {
    if let word = reserved.first(where: { bytes[position...].starts(with: $0) }) {
      position += word.count
    } else if bytes[position] == UInt8(ascii: "(") {
      bytes = bytes[..<position]
    } else {
      position += 1
    }
  }
  return String(decoding: bytes, as: UTF8.self)
}
