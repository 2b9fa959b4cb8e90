import Patterns
import Pprof

extension Profile {
  /// Keeps the samples that `focus` accepts and `ignore` does not. Returns whether each accepted any; a missing
  /// `focus` accepts all, a missing `ignore` none.
  ///
  /// Source: google/pprof, `profile/filter.go`, `FilterSamplesByTag`.
  @discardableResult
  public mutating func filterSamplesByTag(
    focus: TagFilter? = nil, ignore: TagFilter? = nil
  ) -> (focus: Bool, ignore: Bool) {
    var anyFocused = false
    var anyIgnored = false
    samples = samples.filter { sample in
      let isFocused = focus?.matches(sample) ?? true
      let isIgnored = ignore?.matches(sample) ?? false
      anyFocused = anyFocused || isFocused
      anyIgnored = anyIgnored || isIgnored
      return isFocused && !isIgnored
    }
    return (anyFocused, anyIgnored)
  }

  /// Keeps the labels whose key matches `show` and does not match `hide`. Returns whether each matched any; a
  /// missing `show` matches all.
  ///
  /// Source: google/pprof, `profile/filter.go`, `FilterTagsByName`.
  @discardableResult
  public mutating func filterTagsByName(show: Pattern? = nil, hide: Pattern? = nil) -> (show: Bool, hide: Bool) {
    var anyShown = false
    var anyHidden = false
    func isKept(_ key: String) -> Bool {
      let isShown = show?.matches(key) ?? true
      let isHidden = hide?.matches(key) ?? false
      anyShown = anyShown || isShown
      anyHidden = anyHidden || isHidden
      return isShown && !isHidden
    }
    for index in samples.indices {
      samples[index].labels = samples[index].labels.filter { isKept($0.key) }
      samples[index].numericLabels = samples[index].numericLabels.filter { isKept($0.key) }
    }
    return (anyShown, anyHidden)
  }
}
