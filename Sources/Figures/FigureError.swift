/// Why a figure cannot be drawn.
public enum FigureError: Error, Sendable, Hashable, CustomStringConvertible {
  /// A query item that no figure knows.
  case unknownOption(name: String)
  /// A query item whose value means nothing.
  case invalidOption(name: String, value: String, expected: String)
  /// The profile lacks the sample type asked for.
  case unknownSampleType(name: String, known: [String])
  /// A figure of one function was asked for without naming it.
  case noFunctionNamed(kind: FigureKind)
  /// No function of the profile bears the name.
  case functionNotFound(pattern: String)
  /// Graphviz, which places a call graph's boxes, is not installed.
  case graphvizMissing
  /// Graphviz did not do its work.
  case graphvizFailed(reason: String)

  /// A sentence that says what is wrong and, where there is one, the way out.
  public var description: String {
    switch self {
    case .unknownOption(let name):
      "no figure option is called “\(name)”; there are \(FigureOptions.names.joined(separator: ", "))"
    case .invalidOption(let name, let value, let expected): "\(name)=\(value) is not \(expected)"
    case .unknownSampleType(let name, let known):
      "the profile has no sample type “\(name)”, only \(known.joined(separator: ", "))"
    case .noFunctionNamed(let kind): "a \(kind.rawValue) figure needs function=NAME"
    case .functionNotFound(let pattern): "no function of the profile matches “\(pattern)”"
    case .graphvizMissing:
      "a call graph's boxes are placed by Graphviz, which is not installed: sudo apt-get install graphviz"
    case .graphvizFailed(let reason): "Graphviz could not place the call graph: \(reason)"
    }
  }
}
