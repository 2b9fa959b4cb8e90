import Analysis
import Figures
import LocalServer
import PprofOperations

extension PprofFlag {
  /// The names that flags have in the addresses of pprof's web view, so that a link works in both; and two that pprof's
  /// has not.
  ///
  /// Source: google/pprof, `internal/driver/config.go`.
  static let queryNames: [(query: String, flag: String)] = [
    ("f", "focus"), ("i", "ignore"), ("h", "hide"), ("s", "show"), ("sf", "show_from"), ("prunefrom", "prune_from"),
    ("tf", "tagfocus"), ("ti", "tagignore"), ("ts", "tagshow"), ("th", "taghide"), ("tagroot", "tagroot"),
    ("tagleaf", "tagleaf"), ("si", "sample_index"), ("mean", "mean"), ("norm", "normalize"), ("unit", "unit"),
    ("n", "nodecount"), ("nf", "nodefraction"), ("ef", "edgefraction"), ("trim", "trim"), ("dropneg", "drop_negative"),
    ("calltree", "call_tree"), ("rel", "relative_percentages"), ("compact", "compact_labels"),
    ("intel", "intel_syntax"), ("noinlines", "noinlines"), ("showcolumns", "showcolumns"),
  ]
}

extension PprofRequest {
  /// What the names of frames are matched with, which people write as they read them.
  private static var frameFilters: [WritableKeyPath<PprofRequest, String>] {
    [
      \.options.filters.focus, \.options.filters.ignore, \.options.filters.hide, \.options.filters.show,
      \.options.filters.showFrom, \.options.filters.pruneFrom,
    ]
  }

  /// What was asked for on the command line, with what an address says instead.
  ///
  /// An empty value says nothing, and so does a name that is not known: views have names of their own.
  func asked(by query: URLQuery) throws(PprofFlagError) -> PprofRequest {
    var request = self
    for (name, flag) in PprofFlag.queryNames {
      guard let value = query[name], !value.isEmpty, let flag = PprofFlag.named[flag] else { continue }
      try request.set(flag, to: value)
    }
    if let value = query["sort"], !value.isEmpty {
      guard let sort = ReportOptions.Sort(rawValue: value) else { throw .badValue(value, flag: "sort") }
      request.options.sort = sort
    }
    if let value = query["g"], !value.isEmpty {
      guard let granularity = Granularity(rawValue: value) else { throw .badValue(value, flag: "granularity") }
      request.options.granularity = granularity
    }
    for path in Self.frameFilters { request[keyPath: path] = request[keyPath: path].escapedSignature }
    return request
  }
}

extension URLQuery {
  /// The query with other values; those that are nil are taken out, and so is the zoomed frame, which is one of the
  /// figure before.
  func with(_ items: [(name: String, value: String?)]) -> URLQuery {
    var query = self
    query["zoom"] = nil
    for (name, value) in items { query[name] = value }
    return query
  }

  /// The query as the end of an address on this server.
  func target(_ path: String) -> String { items.isEmpty ? path : "\(path)?\(text)" }
}

extension String {
  /// An expression that matches this function and no other.
  var asExpression: String {
    "^"
      + reduce(into: "") { text, character in
        if "\\^$.|?*+()[]{}".contains(character) { text.append("\\") }
        text.append(character)
      } + "$"
  }
}
