/// The kinds of reports on a profile, named as pprof's options name them.
public enum ReportKind: String, Sendable, CaseIterable {
  /// All functions, sorted.
  case text, top
  /// Each function with its callers and callees.
  case tree
  /// The same for the functions that match an expression.
  case peek
  /// The annotated source of the functions that match an expression.
  case list
  /// The annotated source of the functions that match an expression, with its machine code, as a page.
  case weblist
  /// The annotated machine code of the functions that match an expression.
  case disasm
  /// Every stack.
  case traces
  /// All labels and what they account for.
  case tags
  /// The call graph in Graphviz' language.
  case dot
  /// The call graph as a picture that Graphviz draws.
  case svg, png, gif, pdf, ps
  /// The call graph for KCachegrind.
  case callgrind
  /// All that is in the profile, as text.
  case raw
  /// What the profile says about itself.
  case comments
  /// The profile, filtered, in its own format.
  case proto
  /// The top functions as a profile.
  case topproto

  /// Whether the report is a picture of the call graph.
  public var isPicture: Bool {
    switch self {
    case .svg, .png, .gif, .pdf, .ps: true
    default: false
    }
  }

  /// Whether the report is a drawing of the call graph, be it as a picture or as text.
  var isDrawing: Bool { self == .dot || isPicture }

  /// Whether whoever reads the report reads the profile's comments in it.
  public var showsComments: Bool {
    switch self {
    case .text, .top, .tree, .peek, .traces, .dot, .raw, .comments: true
    default: false
    }
  }

  /// Whether functions of one name in two binaries are told apart.
  var namesObjects: Bool { self == .list || self == .disasm || self == .callgrind || self == .raw }
}

extension ReportOptions {
  /// The options with what the kind of report demands: some must not leave anything out, lest they show nothing of the
  /// functions asked for, and some are about lines or addresses by nature.
  func adapted(to kind: ReportKind) -> ReportOptions {
    var options = self
    switch kind {
    case .peek:
      options.trim = false
    case .list:
      options.trim = false
      options.granularity = .lines
    case .disasm:
      options.trim = false
      options.granularity = .addresses
      // An address is in one function alone, lest what it costs count for each of those inlined there.
      options.noInlines = true
    case .weblist:
      options.trim = false
      options.granularity = .addresses
      // Calls that were inlined are told by them.
      options.noInlines = false
    case .proto, .raw, .callgrind:
      options.trim = false
      options.granularity = .addresses
    case .text, .top, .topproto:
      if nodeCount == -1 { options.nodeCount = 0 }
    default:
      if nodeCount == -1 { options.nodeCount = 80 }
    }
    if !options.trim {
      options.nodeCount = 0
      options.nodeFraction = 0
      options.edgeFraction = 0
    }
    return options
  }
}
