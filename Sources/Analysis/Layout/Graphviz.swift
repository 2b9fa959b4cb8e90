import ChildProcesses

/// Runs Graphviz' program `dot`, which finds the positions of a graph's nodes.
public enum Graphviz {
  /// What `dot` makes of a graph.
  /// - Parameters:
  ///   - graph: the graph in Graphviz' language.
  ///   - format: the form of the result as `dot -T` takes it, e.g. `svg`, `plain`.
  ///   - limit: how long it may take before it is killed.
  /// - Throws: if `dot` is not installed, takes too long, or does not understand the graph.
  public static func layout(
    _ graph: String, format: String, limit: Duration = .seconds(60)
  ) throws(GraphvizError) -> [UInt8] {
    let run: ChildProcess.Outcome
    do throws(ChildProcessError) {
      run = try ChildProcess.run(["dot", "-T\(format)"], input: .bytes(Array(graph.utf8)), limit: limit)
    } catch {
      throw GraphvizError(error)
    }
    switch run.ending {
    case .exited(0): return run.output
    case .overTime: throw .timeLimit(limit)
    case .exited, .signalled: throw .failed(message: run.messages)
    }
  }
}

/// Why there is no picture of a graph.
public enum GraphvizError: Error, Sendable, Hashable, CustomStringConvertible {
  /// There is no program `dot`.
  case notInstalled
  /// The program was killed after this time.
  case timeLimit(Duration)
  /// The program did not accept the graph.
  case failed(message: String)
  /// The system refused something.
  case system(ChildProcessError)

  init(_ error: ChildProcessError) {
    switch error {
    case .notFound: self = .notInstalled
    case .system: self = .system(error)
    }
  }

  /// What went wrong, and what to do about it.
  public var description: String {
    switch self {
    case .notInstalled: "cannot find the program \"dot\"; install Graphviz (apt-get install graphviz)"
    case .timeLimit(let limit): "dot was stopped after \(limit); the graph is too large, try a smaller -nodecount"
    case .failed(let message): "dot failed: \(message)"
    case .system(let error): "\(error)"
    }
  }
}
