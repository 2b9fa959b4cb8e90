import Analysis
import Pprof

/// Why a figure cannot be drawn.
public enum FigureError: Error, Sendable, Hashable, CustomStringConvertible {
  /// A query item that no figure knows.
  case unknownOption(name: String)
  /// A query item whose value means nothing.
  case invalidOption(name: String, value: String, expected: String)
  /// The profile lacks what was asked for, or an expression is not one.
  case report(ReportError)
  /// The two profiles cannot be compared.
  case comparison(ProfileError)
  /// A figure of one function was asked for without naming it.
  case noFunctionNamed(kind: FigureKind)
  /// No function of the profile bears the name.
  case functionNotFound(pattern: String)
  /// Graphviz, which places a call graph's boxes, is missing or failed.
  case graphviz(GraphvizError)

  /// A sentence that says what is wrong and, where there is one, the way out.
  public var description: String {
    switch self {
    case .unknownOption(let name):
      "no figure option is called “\(name)”; there are \(FigureOptions.names.joined(separator: ", "))"
    case .invalidOption(let name, let value, let expected): "\(name)=\(value) is not \(expected)"
    case .report(let error): "\(error)"
    case .comparison(let error): "the profiles cannot be compared: \(error)"
    case .noFunctionNamed(let kind): "a \(kind.rawValue) figure needs function=NAME"
    case .functionNotFound(let pattern): "no function of the profile matches “\(pattern)”"
    case .graphviz(let error): "a call graph's boxes are placed by Graphviz: \(error)"
    }
  }
}
