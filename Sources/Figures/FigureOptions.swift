import Analysis
import Patterns
import Pprof
import PprofOperations

/// How a figure is to be drawn, as a page's query says it: `view=flame&focus=decode&sample=cpu`.
public struct FigureOptions: Sendable, Hashable {
  /// What a flame graph's colours tell.
  public enum Colour: String, Sendable, Hashable, CaseIterable {
    /// Whose code a frame is.
    case origin
    /// How much of the whole a frame takes.
    case heat
  }

  /// Which figure.
  public var view = FigureKind.graph
  /// The sample type, e.g. `cpu` or `inuse_space`; nil means the profile's default.
  public var sampleType: String?
  /// Keeps samples with a frame matching this expression.
  public var focus: String?
  /// Drops samples with a frame matching this expression.
  public var ignore: String?
  /// Takes matching frames out of their stacks.
  public var hide: String?
  /// Takes all other frames out of their stacks.
  public var show: String?
  /// Takes the callers of the outermost matching frame out of the stacks.
  public var showFrom: String?
  /// Keeps samples with a matching label.
  public var tagFocus: String?
  /// Drops samples with a matching label.
  public var tagIgnore: String?
  /// At most so many nodes or rows; nil means what suits the kind.
  public var nodeCount: Int?
  /// Nodes below this share of the whole are left out; nil means what suits the kind.
  public var nodeFraction: Double?
  /// Calls below this share of the whole are left out of a graph; nil means what suits the kind.
  public var edgeFraction: Double?
  /// Whether a flame graph grows from the leaf functions to their callers.
  public var isInverted = false
  /// What colours tell.
  public var colour: Colour = .origin
  /// What the figure is compared with; the one who draws turns it into the baseline profile.
  public var compare: String?
  /// Further scenarios whose captures of the same variant and kind are drawn beside this one, with `|` between them.
  public var with: String?
  /// The function to look at: a name, or an expression as pprof takes it; of a comparison several names, with `|`
  /// between them.
  public var function: String?
  /// What the path of a retain cycle contains that is to be drawn.
  public var through: String?
  /// The function that is called out; in a listing of source a part of the line.
  public var callout: String?
  /// What is said of it.
  public var says: String?
  /// Whether frames of the lab itself are shown in their places.
  public var showsHarness = false
  /// The label whose values have a column of a flame graph each; of tasks and waits, what they are grouped by.
  public var byLabel: String?
  /// Where the window of a trace begins, in nanoseconds since the trace's start; nil means at its start.
  public var start: Int64?
  /// How long the window is, in nanoseconds; nil means up to the trace's end.
  public var length: Int64?
  /// The label whose values tell families of tasks apart; nil means by the functions that made them.
  public var label: String?
  /// Whether a timeline shows what the recorder noted from time to time, and leaves out what it points at.
  public var isView = false
  /// Whether a timeline shows who woke whom, where that can be told apart.
  public var showsWakeups = false
  /// How many columns a timeline has; nil for what suits a page.
  public var columns: Int?
  /// Whether a timeline has in its markup how much of each column's time the processors ran tasks.
  public var tellsShares = false
  /// How long the part of a trace is that goes with a figure of a page, to be walked through; nil if none does.
  public var walk: Int64?
  /// The frame that fills the width of a flame graph, as `FlameFrameKey` names it; nil for all of it.
  public var zoom: String?
  /// At most about so many frames of a flame graph are drawn, the widest; nil for all that can be seen.
  public var mostFrames: Int?
  /// Functions of which the figure shows one each, whatever it leaves out for being small or too much; sets of
  /// alternatives, names as claims have them.
  public var kept: [Set<String>] = []
  /// What readers answer by clicking a frame of a flame graph; nil if it only shows.
  public var question: FrameQuestion?
  /// A title inside the figure; empty for none.
  public var title = ""
  /// The width in pixels of a figure that stands alone.
  public var width = 1200
  /// Whether the figure is a file of its own, which carries its styles, dark ones included.
  public var standsAlone = false

  /// The figure as its kind has it by default.
  public init() {}

  /// The names a query may use.
  public static var names: [String] { setters.map(\.name) }

  /// Options from the items of a query.
  /// - Throws: `FigureError.unknownOption`, `.otherKindsOption` and `.invalidOption`.
  public init(_ items: [(name: String, value: String)]) throws(FigureError) {
    for (name, value) in items {
      guard let setter = Self.setters.first(where: { $0.name == name }) else { throw .unknownOption(name: name) }
      guard setter.set(&self, value) else {
        throw .invalidOption(name: name, value: value, expected: setter.expected)
      }
    }
    let known = view.options
    if let other = items.first(where: { !known.contains($0.name) }) {
      throw .otherKindsOption(name: other.name, kind: view)
    }
    if says != nil, callout == nil { throw .noCallout }
  }
}

extension FigureOptions {
  /// The names that figures of one profile take: which samples and frames are shown of it, and against what.
  static let ofProfiles = [
    "sample", "focus", "ignore", "hide", "show", "show_from", "tagfocus", "tagignore", "compare", "function",
    "nodecount", "nodefraction", "edgefraction", "inverted", "colour", "title", "keep",
  ]

  /// The options as those of a report.
  func reportOptions() -> ReportOptions {
    var report = ReportOptions()
    report.sampleIndex = sampleType ?? ""
    report.filters.focus = focus?.escapedSignature ?? ""
    report.filters.ignore = ignore?.escapedSignature ?? ""
    report.filters.hide = hide?.escapedSignature ?? ""
    report.filters.show = show?.escapedSignature ?? ""
    report.filters.showFrom = showFrom?.escapedSignature ?? ""
    report.filters.tagFocus = tagFocus ?? ""
    report.filters.tagIgnore = tagIgnore ?? ""
    if let nodeCount { report.nodeCount = nodeCount }
    if let nodeFraction { report.nodeFraction = nodeFraction }
    if let edgeFraction { report.edgeFraction = edgeFraction }
    return report
  }

  /// The expression that finds the function looked at.
  func functionPattern(for kind: FigureKind) throws(FigureError) -> Pattern {
    guard let function else { throw .noFunctionNamed(kind: kind) }
    do throws(ProfileError) {
      let isName = function.isSwiftSignature
      return try Pattern(forProfile: isName ? "^\(function.escapedSignature)$" : function)
    } catch {
      throw .report(.badExpression(option: "function", error))
    }
  }

  /// What a figure's bars are of.
  func grouping<Grouping: RawRepresentable<String> & CaseIterable>(
    usually usual: Grouping
  ) throws(FigureError) -> Grouping {
    guard let name = byLabel else { return usual }
    guard let grouping = Grouping(rawValue: name) else {
      let known = Grouping.allCases.map(\.rawValue).joined(separator: ", ")
      throw .invalidOption(name: "by", value: name, expected: "one of \(known)")
    }
    return grouping
  }

  /// The functions looked at, of a figure that takes several names.
  var functions: [String] { (function ?? "").split(separator: "|").map(String.init) }

  /// The scenarios that are drawn beside.
  var others: [String] { (with ?? "").split(separator: "|").map(String.init) }

  /// What to do so that a figure shows a function that it leaves out for its filters or for its size.
  var filterAdvice: String {
    let filters = [
      ("focus", focus), ("ignore", ignore), ("hide", hide), ("show", show), ("show_from", showFrom),
      ("tagfocus", tagFocus), ("tagignore", tagIgnore),
    ].compactMap { name, value in value.map { "\(name)=\($0)" } }
    if filters.isEmpty {
      return "nothing was measured in it; choose another type of value with sample=, or take the name out"
    }
    return "\(filters.joined(separator: ", ")) leaves it out; change that, or name a function that is left"
  }

  /// The same of a figure of the functions that the query names.
  func functionAdvice(for kind: FigureKind) -> String {
    "view=\(kind.rawValue) shows function=\(function ?? "") and no more; take the name out"
  }
}

extension FigureOptions {
  /// One name a query may use.
  private struct Setter: Sendable {
    var name: String
    /// What the value must be, for the error.
    var expected: String
    /// Sets it; false if the value means nothing.
    var set: @Sendable (inout FigureOptions, String) -> Bool
  }

  private static let setters: [Setter] = [
    Setter(name: "view", expected: "one of \(FigureKind.allCases.map(\.rawValue).joined(separator: ", "))") {
      guard let view = FigureKind(rawValue: $1) else { return false }
      $0.view = view
      return true
    },
    text("sample", \.sampleType), text("focus", \.focus), text("ignore", \.ignore), text("hide", \.hide),
    text("show", \.show), text("show_from", \.showFrom), text("tagfocus", \.tagFocus),
    text("tagignore", \.tagIgnore), text("compare", \.compare), text("with", \.with),
    text("function", \.function),
    time("start", \.start), time("length", \.length), time("walk", \.walk), text("label", \.label),
    text("through", \.through), text("callout", \.callout), text("says", \.says), text("by", \.byLabel),
    flag("harness", \.showsHarness),
    Setter(name: "keep", expected: "names of functions with | between them") {
      let names = $1.split(separator: "|").map(String.init)
      $0.kept.append(Set(names))
      return !names.isEmpty
    },
    Setter(name: "nodecount", expected: "a number from 1 to 10000") {
      guard let count = Int($1), (1...10_000).contains(count) else { return false }
      $0.nodeCount = count
      return true
    },
    fraction("nodefraction", \.nodeFraction), fraction("edgefraction", \.edgeFraction),
    flag("inverted", \.isInverted),
    Setter(name: "colour", expected: "one of \(Colour.allCases.map(\.rawValue).joined(separator: ", "))") {
      guard let colour = Colour(rawValue: $1) else { return false }
      $0.colour = colour
      return true
    },
    Setter(name: "title", expected: "text") {
      $0.title = $1
      return true
    },
    Setter(name: "width", expected: "a number from 100 to 10000") {
      guard let width = Int($1), (100...10_000).contains(width) else { return false }
      $0.width = width
      return true
    },
    flag("standalone", \.standsAlone),
  ]

  private static func text(
    _ name: String, _ path: WritableKeyPath<FigureOptions, String?> & Sendable
  ) -> Setter {
    Setter(name: name, expected: "an expression (it is empty)") {
      $0[keyPath: path] = $1
      return !$1.isEmpty
    }
  }

  private static func time(_ name: String, _ path: WritableKeyPath<FigureOptions, Int64?> & Sendable) -> Setter {
    Setter(name: name, expected: "a time such as 62ms, 1.5s or 20us") {
      guard let time = TraceTime.parse($1) else { return false }
      $0[keyPath: path] = time
      return true
    }
  }

  private static func fraction(_ name: String, _ path: WritableKeyPath<FigureOptions, Double?> & Sendable) -> Setter {
    Setter(name: name, expected: "a share from 0 to 1") {
      guard let share = Double($1), (0...1).contains(share) else { return false }
      $0[keyPath: path] = share
      return true
    }
  }

  private static func flag(_ name: String, _ path: WritableKeyPath<FigureOptions, Bool> & Sendable) -> Setter {
    Setter(name: name, expected: "true or false") {
      switch $1 {
      case "", "1", "true", "yes": $0[keyPath: path] = true
      case "0", "false", "no": $0[keyPath: path] = false
      default: return false
      }
      return true
    }
  }
}
