/// Why a claim cannot be evaluated at all.
public enum ClaimError: Error, Hashable, CustomStringConvertible {
  /// No query has this name.
  case unknownQuery(String)
  /// The query needs an argument that was not given.
  case missingArgument(query: String, name: String)
  /// The query takes no argument of this name.
  case unknownArgument(query: String, name: String)
  /// An argument's value cannot be read.
  case malformedArgument(name: String, value: String, expected: String)
  /// The bound cannot be read.
  case malformedBound(String)
  /// The profile has no such function, so the claim is about nothing.
  case noSuchFunction(String)
  /// The capture has no such fact.
  case noSuchFact(String, known: [String])
  /// The query is about leaks, and the capture is none of them.
  case notALeakReport(String)
  /// The query is about who waits for whom, and the capture is about something else.
  case notAWaitGraph(String)
  /// The query is about traces, and the capture is none of them.
  case notATrace(String)
  /// The trace has no region and no user task of the name.
  case noSuchRegion(String, known: [String])
  /// The profile holds no samples to take a share of.
  case emptyProfile

  /// The error for people.
  public var description: String {
    switch self {
    case .unknownQuery(let name):
      "no query '\(name)'; there are: \(Query.all.map(\.name).joined(separator: ", "))"
    case .missingArgument(let query, let name): "the query '\(query)' needs '\(name)=…'"
    case .unknownArgument(let query, let name): "the query '\(query)' takes no '\(name)'"
    case .malformedArgument(let name, let value, let expected): "\(name)=\(value) is not \(expected)"
    case .malformedBound(let text): "'\(text)' is no bound: write 35%..65%, 3.., ..2%, one value or noise"
    case .noSuchFunction(let name): "no function '\(name)' in this profile"
    case .noSuchFact(let name, let known):
      "no fact '\(name)' in this capture; there are: \(known.joined(separator: ", "))"
    case .notALeakReport(let name): "\(name) is no leak report"
    case .notAWaitGraph(let name): "\(name) is no wait-for graph"
    case .notATrace(let name): "\(name) is no execution trace"
    case .noSuchRegion(let name, let known):
      "no region or user task '\(name)' in this trace; there are: \(known.isEmpty ? "none" : known.joined(separator: ", "))"
    case .emptyProfile: "the profile has no samples"
    }
  }
}
