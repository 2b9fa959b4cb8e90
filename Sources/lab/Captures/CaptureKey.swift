import Foundation
import Scenarios

/// The hash by which a capture is known to be stale: scenario's sources, profiler, parameters, toolchain.
enum CaptureKey {
  static func current(for scenario: Scenario, kind: String, parameters: [String: Int]) throws -> String {
    var hash = profiler
    for source in scenario.sources { try hash.add(path: source) }
    hash.add(kind)
    for (name, value) in parameters.sorted(by: { $0.key < $1.key }) { hash.add("\(name)=\(value)") }
    return hash.text
  }

  private static let profiler: ContentHash = {
    var hash = ContentHash()
    for room in ["CProfilerHooks", "Symbolization", "Profiling"] {
      try? hash.add(path: Workspace.path("Sources/\(room)"))
    }
    for file in ["CPUClock.swift", "Random.swift", "Digest.swift", "Scenario.swift"] {
      try? hash.add(path: Workspace.path("Sources/Scenarios/\(file)"))
    }
    hash.add(Toolchain.current)
    return hash
  }()
}
