import Analysis
import Pprof
import PprofOperations

/// What `lab pprof` was asked to do.
struct PprofRequest: Sendable {
  /// Which report.
  var kind = ReportKind.text
  /// Which functions the report `peek` shows.
  var peek = ""
  /// Which functions the report `list` shows.
  var list = ""
  /// Which functions the report `weblist` shows: an expression or an address.
  var weblist = ""
  /// Which functions the report `disasm` shows: an expression or an address.
  var disasm = ""
  /// Where the programs that read machine code are looked for, as pprof's option says it.
  var tools = ""
  /// Where the web view is served; empty for a report.
  var http = ""
  /// Whether no browser is opened for it.
  var opensNoBrowser = false
  /// Whether machine code is written as Intel writes it.
  var intelSyntax = false
  /// Whether a flame graph is drawn, which pprof has in its web view alone.
  var isFlame = false
  /// How the report is made.
  var options = ReportOptions()
  /// The file the report goes to; empty for standard output.
  var output = ""
  /// The profiles, which are merged.
  var sources: [String] = []
  /// The profiles that are subtracted.
  var base = ""
  /// The profiles that are compared with.
  var diffBase = ""
  /// Whether the sources are scaled to the base first.
  var normalize = false
  /// How functions are named; see `PprofNaming`.
  var symbolize = ""
  /// The build id of the main binary, if the profile has none.
  var buildID = ""
  /// For how many seconds servers are asked to measure; 0 or less leaves that to their addresses.
  var seconds = 0
  /// How many seconds servers have for their answers; 0 or less for what suits that.
  var timeout = 0
  /// What is needed to speak TLS with them.
  var certificates = HTTPClient.Certificates()
  /// What is added to the profile's comments.
  var comment = ""
  /// Whether frames that the profile declares uninteresting are shown.
  var allFrames = false
  /// Whether only help was asked for.
  var help = false
  /// What should be said although it is no error.
  var notices: [String] = []
}

/// Why the flags of `lab pprof` cannot be understood.
enum PprofFlagError: Error, Hashable, CustomStringConvertible {
  case unknown(String)
  case absent(String)
  case missingValue(String)
  case badValue(String, flag: String)
  case conflict([String])
  case severalReports
  case reportAndServer
  case severalBases
  case noBase
  case noSource

  var description: String {
    switch self {
    case .unknown(let name): "flag provided but not defined: -\(name)"
    case .absent(let name): "-\(name) is a flag of pprof that does not exist here"
    case .missingValue(let name): "flag needs an argument: -\(name)"
    case .badValue(let value, let flag): "invalid value \"\(value)\" for flag -\(flag): parse error"
    case .conflict(let flags): "conflicting options set: [\(flags.joined(separator: " "))]"
    case .severalReports: "must set at most one output format"
    case .reportAndServer: "-http is not compatible with an output format on the command line"
    case .severalBases: "-base and -diff_base flags cannot both be specified"
    case .noBase: "must have base profile to normalize by"
    case .noSource: "no profile source specified"
    }
  }
}

/// A flag of `lab pprof`: its name, where its value goes, and a line of help.
struct PprofFlag {
  /// Where the value goes, and so how it is read.
  enum Target {
    case toggle(WritableKeyPath<PprofRequest, Bool>)
    case text(WritableKeyPath<PprofRequest, String>)
    case integer(WritableKeyPath<PprofRequest, Int>)
    case number(WritableKeyPath<PprofRequest, Double>)
    /// One of several flags of which at most one may be set.
    case choice
  }

  var name: String
  var target: Target
  var help: String

  init(_ name: String, _ target: Target, _ help: String) {
    self.name = name
    self.target = target
    self.help = help
  }

  /// Whether the flag stands alone, so that the next argument is not its value.
  var isToggle: Bool {
    switch target {
    case .toggle, .choice: true
    default: false
    }
  }
}

extension PprofRequest {
  /// Reads the flags as pprof does: with one dash or two, the value after `=` or as the next argument.
  ///
  /// Flags may also stand after the files. Everything after `--` is a file.
  init(arguments: [String]) throws(PprofFlagError) {
    self.init()
    var chosen: [String] = []
    var arguments = arguments[...]
    while let argument = arguments.popFirst() {
      guard argument.hasPrefix("-"), argument != "-" else {
        sources.append(argument)
        continue
      }
      if argument == "--" {
        sources += arguments
        break
      }
      let text = argument.dropFirst(argument.hasPrefix("--") ? 2 : 1)
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      let name = parts[0]
      if name == "h" || name == "help" {
        help = true
        return
      }
      guard let flag = PprofFlag.named[name] else {
        throw PprofFlag.absent.contains(name) ? .absent(name) : .unknown(name)
      }
      var value = parts.dropFirst().first
      if value == nil { value = flag.isToggle ? "true" : arguments.popFirst() }
      guard let value else { throw .missingValue(name) }
      if try set(flag, to: value) { chosen.append(name) }
    }
    try choose(chosen)
    if sources.isEmpty { throw .noSource }
    if !base.isEmpty, !diffBase.isEmpty { throw .severalBases }
    if normalize, base.isEmpty, diffBase.isEmpty { throw .noBase }
  }

  /// Sets a flag; returns whether it is a choice that is now made.
  @discardableResult
  mutating func set(_ flag: PprofFlag, to value: String) throws(PprofFlagError) -> Bool {
    func parsed<Value>(_ parse: (String) -> Value?) throws(PprofFlagError) -> Value {
      guard let result = parse(value) else { throw .badValue(value, flag: flag.name) }
      return result
    }
    switch flag.target {
    case .toggle(let path): self[keyPath: path] = try parsed(truth)
    case .text(let path): self[keyPath: path] = value
    case .integer(let path): self[keyPath: path] = try parsed { Int($0) }
    case .number(let path): self[keyPath: path] = try parsed { Double($0) }
    case .choice: return try parsed(truth)
    }
    return false
  }

  /// Applies the flags that exclude each other.
  private mutating func choose(_ names: [String]) throws(PprofFlagError) {
    let names = Set(names)
    let kinds = ReportKind.allCases.filter { kind in
      switch kind {
      case .peek: !peek.isEmpty
      case .list: !list.isEmpty
      case .weblist: !weblist.isEmpty
      case .disasm: !disasm.isEmpty
      default: names.contains(kind.rawValue)
      }
    }
    isFlame = names.contains(PprofFlag.flame)
    if kinds.count + (isFlame ? 1 : 0) > 1 { throw .severalReports }
    if !http.isEmpty, !kinds.isEmpty || isFlame { throw .reportAndServer }
    if let kind = kinds.first { self.kind = kind }
    let granularities = Granularity.allCases.filter { names.contains($0.rawValue) }
    if granularities.count > 1 { throw .conflict(granularities.map(\.rawValue).sorted()) }
    options.granularity = granularities.first
    let sorts = ReportOptions.Sort.allCases.filter { names.contains($0.rawValue) }
    if sorts.count > 1 { throw .conflict(sorts.map(\.rawValue).sorted()) }
    if isFlame, options.mean || names.contains("mean_delay") { throw .conflict([PprofFlag.flame, "mean"]) }
    if let sort = sorts.first { options.sort = sort }
    for (flag, type) in PprofFlag.sampleTypes where names.contains(flag) {
      if options.sampleIndex.isEmpty {
        options.sampleIndex = type
      } else {
        notices.append("Multiple value selections, ignoring -\(flag)")
      }
      if flag == "mean_delay" { options.mean = true }
    }
  }
}

/// A Boolean in the spellings that pprof's flags take.
func truth(_ text: String) -> Bool? {
  switch text {
  case "1", "t", "T", "true", "TRUE", "True": true
  case "0", "f", "F", "false", "FALSE", "False": false
  default: nil
  }
}
