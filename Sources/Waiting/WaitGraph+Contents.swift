import Pprof

extension WaitGraph: ProfileContents {
  /// Of the JSON.
  public static let suffix = ".waits.json"
  /// Every task and thread.
  public static let coverage = ProfileCoverage.all(of: "tasks and threads")

  /// Reads the JSON.
  /// - Throws: `WaitGraphError`.
  public init(fileBytes: [UInt8]) throws { try self.init(json: fileBytes) }

  /// JSON for a name that ends so, else the words.
  public func bytes(forFile name: String) -> [UInt8] { name.hasSuffix(".json") ? json : Array(description.utf8) }

  /// The same with another path for the program.
  public func renamingFiles(_ rename: (String) -> String) -> WaitGraph {
    var graph = self
    graph.program = rename(program)
    return graph
  }

  /// The words.
  public var text: String? { description }

  /// How many deadlocks there are.
  public var facts: [(name: String, value: String)] { [("deadlocks", "\(deadlocks.count)")] }
}
