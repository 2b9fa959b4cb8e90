/// The forms in which the web view shows a profile. The raw value is the path, as pprof has it.
enum PprofWebView: String, CaseIterable, Sendable {
  case flame = "flamegraph"
  case graph, top, peek, source, disasm

  /// A view by its path, be it one that pprof had in former days.
  init?(path: String) {
    switch path {
    case "", "flamegraph2", "flamegraphold": self = .flame
    case "dot": self = .graph
    case "weblist": self = .source
    default: self.init(rawValue: path)
    }
  }

  var title: String {
    switch self {
    case .flame: "Flame graph"
    case .graph: "Call graph"
    case .top: "Top"
    case .peek: "Peek"
    case .source: "Source"
    case .disasm: "Machine code"
    }
  }

  var note: String {
    switch self {
    case .flame: "Call stacks merged: wider is more"
    case .graph: "Functions as boxes, calls as arrows"
    case .top: "All functions in numbers"
    case .peek: "Functions between their callers and callees"
    case .source: "Source lines with what each costs"
    case .disasm: "Instructions with what each costs"
    }
  }

  /// Whether functions have to be named by `f` for it, lest it show all there is.
  var isOfFunctions: Bool { self == .peek || self == .source || self == .disasm }
}
