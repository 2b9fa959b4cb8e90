import Analysis

/// Why a figure cannot be drawn.
public enum FigureError: Error, Sendable, Hashable, CustomStringConvertible {
  /// A query item that no figure knows.
  case unknownOption(name: String)
  /// A query item that this kind of figure does not know.
  case otherKindsOption(name: String, kind: FigureKind)
  /// A query item whose value means nothing.
  case invalidOption(name: String, value: String, expected: String)
  /// The profile lacks what was asked for, an expression is not one, or two profiles cannot be compared.
  case report(ReportError)
  /// A figure of one function was asked for without naming it.
  case noFunctionNamed(kind: FigureKind)
  /// No function of the profile bears the name.
  case functionNotFound(pattern: String)
  /// A figure of two captures was asked for without naming the other.
  case nothingToCompare(kind: FigureKind)
  /// A figure of a series was asked for of a capture that is no round of one.
  case noSeries(name: String)
  /// A figure of a trace was asked for of something else.
  case noTrace(kind: FigureKind)
  /// The part of the trace that was asked for is none.
  case noWindow(TraceWindowError)
  /// A figure of retain cycles was asked for of something else.
  case noLeakReport(kind: FigureKind)
  /// A figure of who waits for whom was asked for of something else.
  case noWaitGraph(kind: FigureKind)
  /// The function that the call-out is about is not in the figure.
  case calloutNotShown(name: String)
  /// No line of the source that is shown has the text that the call-out is about.
  case lineNotShown(text: String)
  /// No sample has the label that a column is asked for each value of.
  case noLabel(name: String)
  /// A call-out's sentence was given without the function that it is about.
  case noCallout
  /// A question was put to a kind of figure that nobody can answer by a click.
  case noQuestion(kind: FigureKind)
  /// The function that an option of a question names is not in the figure.
  case optionNotShown(name: String)
  /// Graphviz, which places a call graph's boxes, is missing or failed.
  case graphviz(GraphvizError)

  /// A sentence that says what is wrong and, where there is one, the way out.
  public var description: String {
    switch self {
    case .unknownOption(let name):
      "no figure option is called “\(name)”; there are \(FigureOptions.names.joined(separator: ", "))"
    case .otherKindsOption(let name, let kind):
      "view=\(kind.rawValue) takes no “\(name)”; it takes \(kind.options.joined(separator: ", "))"
    case .invalidOption(let name, let value, let expected): "\(name)=\(value) is not \(expected)"
    case .report(let error): "\(error)"
    case .noFunctionNamed(let kind): "a \(kind.rawValue) figure needs function=NAME"
    case .functionNotFound(let pattern): "no function of the profile matches “\(pattern)”"
    case .nothingToCompare(let kind): "view=\(kind.rawValue) needs compare=VARIANT"
    case .noSeries(let name): "\(name) is no round of a series: write, for instance, \(name)-6"
    case .noTrace(let kind): "view=\(kind.rawValue) needs an execution trace"
    case .noWindow(let error): "\(error)"
    case .noLeakReport(let kind): "view=\(kind.rawValue) needs a leak report"
    case .noWaitGraph(let kind): "view=\(kind.rawValue) needs a capture of the kind waitfor"
    case .calloutNotShown(let name):
      "the figure shows no function “\(name)” to call out; a filter or its size leaves it out, or it is spelt otherwise"
    case .lineNotShown(let text): "no line of the source shown contains “\(text)”, which is to be called out"
    case .noLabel(let name): "nothing that was recorded has the label “\(name)”"
    case .noCallout: "says= is about a function: name it with callout="
    case .noQuestion(let kind): "a question is answered by clicking a frame of view=flame, not of view=\(kind.rawValue)"
    case .optionNotShown(let name):
      "the figure shows no function “\(name)”, which an option of the question names; a filter leaves it out, or it is spelt otherwise"
    case .graphviz(let error): "a graph's boxes are placed by Graphviz: \(error)"
    }
  }
}
