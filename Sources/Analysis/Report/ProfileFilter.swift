import Patterns
import Pprof
import PprofOperations

/// The filters of a report, their expressions understood.
///
/// Source: google/pprof, `internal/driver/driver_focus.go` (`applyFocus`).
struct ProfileFilter {
  private var focus: Pattern?
  private var ignore: Pattern?
  private var hide: Pattern?
  private var show: Pattern?
  private var showFrom: Pattern?
  private var showTo: Pattern?
  private var pruneFrom: Pattern?
  private var tagFocus: TagFilter?
  private var tagIgnore: TagFilter?
  private var tagShow: Pattern?
  private var tagHide: Pattern?
  private var notices: [String] = []

  /// - Parameter labelUnits: the unit of each key of numeric labels.
  init(_ filters: ReportOptions.Filters, labelUnits: [String: String]) throws(ReportError) {
    func pattern(_ option: String, _ text: String) throws(ReportError) -> Pattern? {
      try Self.parse(option, text) { text throws(ProfileError) in try Pattern(forProfile: text) }
    }
    func tagFilter(_ option: String, _ text: String) throws(ReportError) -> TagFilter? {
      try Self.parse(option, text) { text throws(ProfileError) in try TagFilter(text, units: labelUnits) }
    }
    focus = try pattern("focus", filters.focus)
    ignore = try pattern("ignore", filters.ignore)
    hide = try pattern("hide", filters.hide)
    show = try pattern("show", filters.show)
    showFrom = try pattern("show_from", filters.showFrom)
    showTo = try pattern("show_to", filters.showTo)
    tagFocus = try tagFilter("tagfocus", filters.tagFocus)
    tagIgnore = try tagFilter("tagignore", filters.tagIgnore)
    pruneFrom = try pattern("prune_from", filters.pruneFrom)
    tagShow = try pattern("tagshow", filters.tagShow)
    tagHide = try pattern("taghide", filters.tagHide)
    for (option, text, filter) in [
      ("tagfocus", filters.tagFocus, tagFocus), ("tagignore", filters.tagIgnore, tagIgnore),
    ] where filter?.isRange == true {
      let value = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).last ?? ""
      notices.append("\(option):Interpreted '\(value)' as range, not regexp")
    }
  }

  /// Filters the profile, and says which filters matched nothing.
  func apply(to profile: inout Profile) -> [String] {
    var notices = notices
    func check(_ name: String, _ isGiven: Bool, _ matched: Bool) {
      if isGiven, !matched { notices.append("\(name) expression matched no samples") }
    }
    let names = profile.filterSamplesByName(focus: focus, ignore: ignore, hide: hide, show: show)
    check("Focus", focus != nil, names.focus)
    check("Ignore", ignore != nil, names.ignore)
    check("Hide", hide != nil, names.hide)
    check("Show", show != nil, names.show)
    check("ShowFrom", showFrom != nil, profile.showFrom(showFrom))
    check("ShowTo", showTo != nil, profile.showTo(showTo))
    let tags = profile.filterSamplesByTag(focus: tagFocus, ignore: tagIgnore)
    check("TagFocus", tagFocus != nil, tags.focus)
    check("TagIgnore", tagIgnore != nil, tags.ignore)
    if tagShow != nil || tagHide != nil {
      let keys = profile.filterTagsByName(show: tagShow, hide: tagHide)
      check("TagShow", tagShow != nil, keys.show)
      check("TagHide", tagHide != nil, keys.hide)
    }
    if let pruneFrom { profile.pruneFrom(pruneFrom) }
    return notices
  }

  private static func parse<Filter>(
    _ option: String, _ text: String, _ make: (String) throws(ProfileError) -> Filter
  ) throws(ReportError) -> Filter? {
    if text.isEmpty { return nil }
    do throws(ProfileError) {
      return try make(text)
    } catch {
      throw .badExpression(option: option, error)
    }
  }
}
