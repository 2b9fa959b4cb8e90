import Pprof
import PprofOperations

/// What a report shows of a profile and how; pprof's options, with its defaults.
///
/// Source: google/pprof, `internal/driver/config.go`.
public struct ReportOptions: Sendable, Hashable {
  /// What becomes one entry; nil leaves it to the kind of report.
  public var granularity: Granularity?
  /// What entries are sorted by.
  public var sort = Sort.flat
  /// At most this many entries; 0 for no limit, −1 leaves it to the kind of report.
  public var nodeCount = -1
  /// Entries whose cum is below this part of the total are left out.
  public var nodeFraction = 0.005
  /// Calls whose weight is below this part of the total are left out.
  public var edgeFraction = 0.001
  /// Whether anything is left out for being too many or too small.
  public var trim = true
  /// The unit of values, e.g. `ms`; `minimum` finds the one that fits the smallest, `auto` one for each value.
  public var unit = "minimum"
  /// Whether `minimum` finds the largest unit in which the smallest value can be told from 0, instead of pprof's.
  public var prefersLargeUnits = false
  /// Which of the sample's values counts: its position or its type; empty for the profile's default.
  public var sampleIndex = ""
  /// Whether values are divided by the sample's first one, the count.
  public var mean = false
  /// All values are divided by this; not 0.
  public var divideBy = 1.0
  /// Whether entries of negative value are left out.
  public var dropNegative = false
  /// Whether percentages refer to what the filters leave.
  public var relativePercentages = false
  /// Whether places reached in different ways are different nodes; only for graphs.
  public var callTree = false
  /// Whether inlined calls count for the function they are inlined into.
  public var noInlines = false
  /// Whether columns of source lines are told apart.
  public var showColumns = false
  /// Whether the lines that say what the profile is are left out of texts.
  public var compactLabels = false
  /// Where the clocks are that tell when the profile was made.
  public var zone = LocalTime.Zone.environment
  /// Directories, separated by colons, in which source files are looked for.
  public var sourcePath = ""
  /// Prefixes, separated by colons, taken off the names of source files.
  public var trimPath = ""
  /// Functions of which a graph keeps one each, the heaviest, whatever is left out of it; sets of alternatives.
  public var kept: [Set<String>] = []
  /// Which samples and frames are considered.
  public var filters = Filters()

  /// pprof's defaults.
  public init() {}
}

extension ReportOptions {
  /// What the entries of a report are sorted by.
  public enum Sort: String, Sendable, CaseIterable {
    /// The value of the place and all that it calls.
    case cum
    /// The value of the place itself.
    case flat
  }

  /// Expressions that choose samples, frames and labels; empty ones choose nothing.
  public struct Filters: Sendable, Hashable {
    /// Only samples through a frame that matches.
    public var focus = ""
    /// No samples through a frame that matches.
    public var ignore = ""
    /// No frames that match.
    public var hide = ""
    /// Only frames that match.
    public var show = ""
    /// No frames above the highest one that matches.
    public var showFrom = ""
    /// No frames below the highest one that matches, and no samples without; the other half of `showFrom`. pprof has
    /// nothing like it.
    public var showTo = ""
    /// No frames below one that matches.
    public var pruneFrom = ""
    /// Only samples with a label that matches or lies in the range, e.g. `client=a.*`, `bytes=1kb:2mb`.
    public var tagFocus = ""
    /// No samples with a label that matches or lies in the range.
    public var tagIgnore = ""
    /// Only labels whose key matches.
    public var tagShow = ""
    /// No labels whose key matches.
    public var tagHide = ""
    /// Keys, separated by commas, of labels that become frames at the root.
    public var tagRoot = ""
    /// Keys, separated by commas, of labels that become frames at the leaf.
    public var tagLeaf = ""

    /// No filter.
    public init() {}

    var rootKeys: [String] { tagRoot.split(separator: ",").map(String.init) }
    var leafKeys: [String] { tagLeaf.split(separator: ",").map(String.init) }

    /// What the legend says of the filters.
    var active: [String] {
      [
        ("focus", focus), ("ignore", ignore), ("hide", hide), ("show", show), ("show_from", showFrom),
        ("tagfocus", tagFocus), ("tagignore", tagIgnore), ("tagshow", tagShow), ("taghide", tagHide),
      ].filter { !$0.1.isEmpty }.map { "\($0.0)=\($0.1)" }
    }
  }
}
