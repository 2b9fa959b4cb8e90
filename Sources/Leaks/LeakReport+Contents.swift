import Pprof

extension LeakReport: ProfileContents {
  /// Of the JSON.
  public static let suffix = ".report.json"
  /// Every live block.
  public static let coverage = ProfileCoverage.all(of: "blocks")

  /// Reads the JSON.
  /// - Throws: `LeakReportError`.
  public init(fileBytes: [UInt8]) throws { try self.init(json: fileBytes) }

  /// JSON for a name that ends so, else the report for people.
  public func bytes(forFile name: String) -> [UInt8] { name.hasSuffix(".json") ? json : Array(description.utf8) }

  /// The same with another path for the program and each source file.
  public func renamingFiles(_ rename: (String) -> String) -> LeakReport {
    var report = self
    report.program = rename(report.program)
    func renameAll(in node: inout HeapNode) {
      for index in node.allocation.indices { node.allocation[index].file = rename(node.allocation[index].file) }
    }
    for cycle in report.cycles.indices {
      for node in report.cycles[cycle].nodes.indices { renameAll(in: &report.cycles[cycle].nodes[node]) }
    }
    for index in report.lost.indices { renameAll(in: &report.lost[index].node) }
    return report
  }

  /// The report for people.
  public var text: String? { description }

  /// How long the threads stood still.
  public var facts: [(name: String, value: String)] { [("pause", Words.milliseconds(scan.pauseNanoseconds))] }
}
