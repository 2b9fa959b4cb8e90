import Foundation
import ScenarioRunning

/// The hash by which a capture is known to be stale: scenario's sources, profiler, parameters, toolchain.
enum CaptureKey {
  /// The rooms whose code decides what a capture holds: the profiler with all that it is made of, and what runs it.
  static let rooms = [
    "Platform", "Findings", "CLoadedImages", "CProfiler", "CProfilerHooks", "JSON", "Leaks", "Waiting", "Pprof",
    "PprofOperations", "ExecutionTrace", "Symbolization", "Profiling", "HTTPMessages",
    "ProfilingHTTP", "ScenarioRunning",
  ]

  static func current(for scenario: Scenario, kind: String, parameters: [String: Int]) throws -> String {
    var hash = profiler
    for source in scenario.sources { try hash.add(path: source) }
    hash.addPiece(kind.utf8)
    for (name, value) in parameters.sorted(by: { $0.key < $1.key }) { hash.addPiece("\(name)=\(value)".utf8) }
    return hash.text
  }

  private static let profiler: Digest = {
    var hash = Digest()
    for room in rooms { try? hash.add(path: Workspace.path("Sources/\(room)")) }
    hash.addPiece(Toolchain.current.utf8)
    return hash
  }()
}

extension Digest {
  /// Adds a file's name (as seen from the root) and contents, or a folder's files in order of their names.
  mutating func add(path: String) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return }
    if isFolder.boolValue {
      for name in try FileManager.default.contentsOfDirectory(atPath: path).sorted() {
        try add(path: "\(path)/\(name)")
      }
    } else {
      addPiece(Workspace.relative(path).utf8)
      addPiece(try Data(contentsOf: URL(fileURLWithPath: path)))
    }
  }
}
