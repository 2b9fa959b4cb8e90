import Leaks
import Pprof

extension Profile {
  /// The same profile with files below the package's root named from there, so that a capture is good on any machine.
  func withPaths(relativeTo root: String) -> Profile {
    var profile = self
    for index in profile.functions.indices {
      profile.functions[index].filename = profile.functions[index].filename.relative(to: root)
    }
    for index in profile.mappings.indices {
      profile.mappings[index].file = profile.mappings[index].file.relative(to: root)
    }
    return profile
  }
}

extension LeakReport {
  /// The same report with files named from the package's root.
  func withPaths(relativeTo root: String) -> LeakReport {
    var report = self
    report.program = report.program.relative(to: root)
    func relative(_ node: inout HeapNode) {
      for index in node.allocation.indices {
        node.allocation[index].file = node.allocation[index].file.relative(to: root)
      }
    }
    for cycle in report.cycles.indices {
      for node in report.cycles[cycle].nodes.indices { relative(&report.cycles[cycle].nodes[node]) }
    }
    for index in report.lost.indices { relative(&report.lost[index].node) }
    return report
  }
}

extension String {
  /// The path as seen from a folder, if it lies below.
  fileprivate func relative(to root: String) -> String {
    hasPrefix(root + "/") ? String(dropFirst(root.count + 1)) : self
  }
}
