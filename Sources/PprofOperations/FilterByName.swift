import Patterns
import Pprof

/// Which of several expressions matched anything.
public struct NameMatches: Sendable, Hashable {
  /// Whether a frame in focus was found; also if there was no such expression.
  public var focus = false
  /// Whether a frame to ignore was found.
  public var ignore = false
  /// Whether a frame to hide was found.
  public var hide = false
  /// Whether a frame to show was found.
  public var show = false
}

extension Profile {
  /// Keeps the samples with a frame that matches `focus` and none that matches `ignore`, and of their frames those
  /// that match `show` and do not match `hide`.
  ///
  /// A frame matches by its function, its source file or the file of its mapping. A sample without frames left is
  /// dropped.
  ///
  /// Source: google/pprof, `profile/filter.go`, `FilterSamplesByName`.
  @discardableResult
  public mutating func filterSamplesByName(
    focus: Pattern? = nil, ignore: Pattern? = nil, hide: Pattern? = nil, show: Pattern? = nil
  ) -> NameMatches {
    var matches = NameMatches()
    if focus == nil && ignore == nil && hide == nil && show == nil {
      matches.focus = true
      return matches
    }
    let focus = focus.map { FrameMatcher($0, self) }
    let ignore = ignore.map { FrameMatcher($0, self) }
    let hide = hide.map { FrameMatcher($0, self) }
    let show = show.map { FrameMatcher($0, self) }
    var isInFocus = [Bool](repeating: false, count: locations.count)
    var isIgnored = isInFocus
    var isHidden = isInFocus
    for index in locations.indices {
      if let ignore, ignore.matches(locations[index]) {
        matches.ignore = true
        isIgnored[index] = true
      } else if focus?.matches(locations[index]) ?? true {
        matches.focus = true
        isInFocus[index] = true
      }
      // The lines are judged one after the other: what is hidden cannot be shown again.
      if let hide, hide.matches(locations[index]) {
        matches.hide = true
        locations[index].lines = hide.unmatchedLines(locations[index])
        if locations[index].lines.isEmpty { isHidden[index] = true }
      }
      if let show {
        locations[index].lines = show.matchedLines(locations[index])
        if locations[index].lines.isEmpty { isHidden[index] = true } else { matches.show = true }
      }
    }

    let hidesAny = isHidden.contains(true)
    samples = samples.compactMap { sample in
      guard sample.locations.contains(where: { isInFocus[$0] }), !sample.locations.contains(where: { isIgnored[$0] })
      else { return nil }
      guard hidesAny else { return sample }
      var sample = sample
      sample.locations.removeAll { isHidden[$0] }
      return sample.locations.isEmpty ? nil : sample
    }
    return matches
  }

  /// Drops from each stack what lies above (towards the root of) its highest frame that matches, and samples
  /// without such a frame. Returns whether any frame matched.
  ///
  /// A stack `main;work;parse;work` becomes
  /// - `main;work;parse;work` for `main`,
  /// - `work;parse;work` for `work`,
  /// - `parse;work` for `parse`.
  ///
  /// Source: google/pprof, `profile/filter.go`, `ShowFrom`.
  @discardableResult
  public mutating func showFrom(_ pattern: Pattern?) -> Bool {
    cut(at: pattern, keeping: .leaf)
  }

  /// Drops from each stack what lies below (towards the leaf of) its highest frame that matches, and samples without
  /// such a frame: of `main;work;parse;work` it leaves `main;work` for `work`. Returns whether any frame matched.
  @discardableResult
  public mutating func showTo(_ pattern: Pattern?) -> Bool {
    cut(at: pattern, keeping: .root)
  }

  /// An end of a stack.
  private enum End { case leaf, root }

  /// Keeps of each stack the highest frame that matches and what lies on one side of it.
  private mutating func cut(at pattern: Pattern?, keeping end: End) -> Bool {
    guard let pattern else { return false }
    let matcher = FrameMatcher(pattern, self)
    // Of the lines of a location and of the locations of a stack, the last one is the highest.
    func cut<Part>(_ parts: inout [Part], at highest: Int) {
      switch end {
      case .leaf: parts.removeSubrange((highest + 1)...)
      case .root: parts.removeSubrange(..<max(highest, 0))
      }
    }
    var isMatched = [Bool](repeating: false, count: locations.count)
    for index in locations.indices {
      let lines = locations[index].lines
      // Where the binary matches all of its lines do; it may have none.
      let highest =
        matcher.matchesMapping(locations[index]) ? lines.count - 1 : lines.lastIndex { matcher.matches($0) }
      guard let highest else { continue }
      isMatched[index] = true
      cut(&locations[index].lines, at: highest)
    }
    samples = samples.compactMap { sample in
      guard let highest = sample.locations.lastIndex(where: { isMatched[$0] }) else { return nil }
      var sample = sample
      cut(&sample.locations, at: highest)
      return sample
    }
    return isMatched.contains(true)
  }
}
