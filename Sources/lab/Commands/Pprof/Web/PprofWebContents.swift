import Analysis
import Figures
import LocalServer
import Patterns
import Pprof
import PprofOperations

extension PprofWeb {
  /// What a view shows.
  struct Contents {
    var figures: [(heading: String, figure: Figure)] = []
    /// What should be said of it.
    var notices: [String] = []
    /// What the profile is, and what is considered of it.
    var facts: [String] = []
  }

  /// At most so many frames of a flame graph are drawn: a page stays small, however large the profile is.
  private static let mostFrames = 4_000
  /// At most so many functions are shown of those that match, and of so many the machine code, which takes its time.
  private static let mostFunctions = 30
  private static let mostDisassembled = 4
  /// As many rows as pprof's view has.
  private static let topRows = 500

  /// What a view shows of what an address asks for.
  /// - Parameter isSaved: whether it is for a file, in which no link leads anywhere.
  func contents(_ view: PprofWebView, _ query: URLQuery, isSaved: Bool = false) throws -> Contents {
    let request = try request.asked(by: query)
    var drawing = Drawing(self, request, isSaved: isSaved, query: query)
    if request.normalize, let base { try drawing.profile.normalize(to: base) }
    let prepared = try Report(drawing.profile, kind: .traces, options: request.options)
    var contents = Contents(notices: prepared.notices, facts: prepared.profileLegend + prepared.filterLegend)
    func add(_ figure: Figure, _ heading: String = "") { contents.figures.append((heading, figure)) }
    if view.isOfFunctions, request.options.filters.focus.isEmpty {
      contents.notices.append("Choose a function, or enter an expression as the focus.")
      add(try drawing.top(rows: Self.mostFunctions, linksTo: view))
      return contents
    }
    switch view {
    case .flame:
      if request.options.mean { contents.notices.append("A flame graph shows sums, not means.") }
      guard let pivot = query["p"], !pivot.isEmpty else {
        add(try drawing.flame(zoom: query["zoom"], isInverted: truth(query["inv"] ?? "") ?? false))
        break
      }
      let expression = pivot.escapedSignature
      add(try drawing.flame(callersOf: expression), "What leads to \(pivot)")
      add(try drawing.flame(calleesOf: expression), "What \(pivot) calls")
    case .graph: add(try drawing.graph())
    case .top: add(try drawing.top(rows: request.options.nodeCount > 0 ? request.options.nodeCount : Self.topRows))
    case .peek: add(try drawing.peek())
    case .source: add(try drawing.source(&contents.notices))
    case .disasm: add(try drawing.machineCode(&contents.notices))
    }
    return contents
  }

  /// Draws the figures of one request.
  private struct Drawing {
    var profile: Profile
    let base: Profile?
    let request: PprofRequest
    let query: URLQuery
    let isSaved: Bool

    init(_ web: isolated PprofWeb, _ request: PprofRequest, isSaved: Bool, query: URLQuery) {
      profile = web.profile
      base = web.base
      self.request = request
      self.isSaved = isSaved
      self.query = query
    }

    private func figure(
      _ kind: FigureKind, report: ReportOptions, linksTo view: PprofWebView = .peek, zooms: Bool = false,
      code: WebListing? = nil, _ set: (inout FigureOptions) -> Void = { _ in }
    ) throws -> Figure {
      var options = FigureOptions()
      options.view = kind
      set(&options)
      let (query, isSaved, reader) = (query, isSaved, request.sourceReader)
      let zoomLink: @Sendable (String?) -> String = { query.with([("zoom", $0)]).target(PprofWebView.flame.rawValue) }
      let input = FigureInput(
        profile: profile, baseline: base, options: options, report: report,
        source: { path in (try? reader.lines(of: path))?.joined(separator: "\n") },
        link: { isSaved ? nil : query.with([("f", $0.asExpression)]).target(view.rawValue) },
        zoomLink: zooms && !isSaved ? zoomLink : nil, code: code)
      return try kind.draw(input)
    }

    func flame(zoom: String?, isInverted: Bool) throws -> Figure {
      try flame(request.options, zooms: true) {
        $0.zoom = zoom
        $0.isInverted = isInverted
      }
    }

    func flame(callersOf expression: String) throws -> Figure {
      var report = request.options
      report.filters.showTo = expression
      return try flame(report) { $0.isInverted = true }
    }

    func flame(calleesOf expression: String) throws -> Figure {
      var report = request.options
      report.filters.showFrom = expression
      return try flame(report) { _ in }
    }

    private func flame(
      _ report: ReportOptions, zooms: Bool = false, _ set: (inout FigureOptions) -> Void
    ) throws -> Figure {
      var report = report
      report.mean = false
      var scaled = self
      if report.divideBy != 1, report.divideBy != 0 {
        scaled.profile.scale(by: 1 / report.divideBy)
        report.divideBy = 1
      }
      return try scaled.figure(.flame, report: report, zooms: zooms) {
        $0.mostFrames = PprofWeb.mostFrames
        if !report.trim { $0.nodeFraction = 0 }
        set(&$0)
      }
    }

    func graph() throws -> Figure { try figure(.graph, report: request.options) }

    func top(rows: Int, linksTo view: PprofWebView = .peek) throws -> Figure {
      var report = request.options
      report.nodeCount = rows
      return try figure(.top, report: report, linksTo: view) { $0.nodeCount = rows }
    }

    func peek() throws -> Figure {
      try figure(.peek, report: request.options) { $0.function = focus }
    }

    private var focus: String { request.options.filters.focus }

    /// The functions that match, the heaviest first; of very many not all.
    private func functions(_ notices: inout [String]) throws -> [String] {
      let pattern = try Pattern(focus)
      let names = try Report(profile, baseline: base, kind: .peek, options: request.options).topTable().rows
        .filter { pattern.matches($0.frame.name) }.sorted { $0.cum.magnitude > $1.cum.magnitude }.map(\.frame.name)
      if names.count > PprofWeb.mostFunctions {
        notices.append("The \(PprofWeb.mostFunctions) heaviest of \(names.count) functions that match.")
      }
      return Array(names.prefix(PprofWeb.mostFunctions))
    }

    func source(_ notices: inout [String]) throws -> Figure {
      let names = try functions(&notices)
      let expression = names.isEmpty ? focus : names.map(\.asExpression).joined(separator: "|")
      return try figure(.source, report: request.options, code: machineCode(of: names, matching: expression)) {
        $0.function = expression
      }
    }

    /// The machine code of a few functions, where binaries and tools are at hand.
    private func machineCode(of names: [String], matching expression: String) -> WebListing? {
      guard 1...PprofWeb.mostDisassembled ~= names.count else { return nil }
      let report = try? Report(profile, baseline: base, kind: .weblist, options: request.options)
      return try? report?.webListing(matching: expression, reader: request.sourceReader, tools: request.binaryTools)
    }

    func machineCode(_ notices: inout [String]) throws -> Figure {
      // Symbols have the names that compilers made; what one reads, and enters, are others.
      let names = Set(try functions(&notices))
      let functions = profile.functions.filter { names.contains($0.name) }
      let symbols = functions.map { ($0.systemName.isEmpty ? $0.name : $0.systemName, $0.name) }
      let report = try Report(profile, baseline: base, kind: .disasm, options: request.options)
      let code = try report.disassembly(
        matching: focus, functions: Dictionary(symbols) { first, _ in first }, tools: request.binaryTools)
      notices += code.notices
      return code.figure(type: report.sampleType)
    }
  }
}
