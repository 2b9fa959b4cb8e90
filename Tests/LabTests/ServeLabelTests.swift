import ExecutionTrace
import Pprof
import TestSupport
import Testing

/// Labels by which tracing and profiles find each other pass through every kind that has labels.
@Suite struct ServeLabelTests {
  private static let labels = ["trace_id": ["4bf92f35"], "span_id": ["00f067aa"], "profile_id": ["00f067ab"]]

  /// What is done with them, as each profile shows it.
  private static let targets = [
    ("profile?seconds=1", "compute(_:)"), ("heap", "keepPage(_:)"), ("allocs", "keepPage(_:)"),
    ("allocs?seconds=1", "keepPage(_:)"), ("delta_heap", "keepPage(_:)"), ("block", "pause()"),
    ("block?seconds=1", "pause()"), ("delta_block", "pause()"), ("mutex", "holdLock()"), ("delta_mutex", "holdLock()"),
    ("task", "makeTasks()"), ("goroutine", "makeTasks()"), ("threadcreate", "makeThread(_:)"),
    ("requests", "admit(_:)"),
  ]

  @Test func profiles() throws {
    try ServeTests.asking(TestedProgram(built: "ServingProgram start labels"), [:]) { served in
      // A second of it is in what has been counted.
      for (target, function) in Self.targets {
        let profile = try served.profile(target)
        let shown = profile.samples.filter { sample in
          let lines = sample.locations.flatMap { profile.locations[$0].lines }
          return lines.contains { profile.functions[$0.function].name.hasSuffix(function) }
        }
        let labelled = shown.filter { sample in Self.labels.allSatisfy { sample.labels[$0.key] == $0.value } }
        #expect(!labelled.isEmpty, "\(target): \(shown)")
        // One thread was made without.
        #expect(labelled.count == shown.count || target == "threadcreate", "\(target): \(shown)")
      }
      let dump = String(decoding: try served.ask("/debug/pprof/task?debug=2").body, as: UTF8.self)
      let trace = try Trace(bytes: served.ask("/debug/pprof/trace?seconds=0.3").body)
      for (key, values) in Self.labels {
        #expect(dump.contains(key) && dump.contains(values[0]), "\(dump.prefix(2000))")
        #expect(trace.labelSets.contains { $0.contains(TraceLabel(key: key, value: values[0])) })
      }
      let told = trace.events().filter { $0.kind == .labels && !trace.labelSets[Int($0.index)].isEmpty }
      #expect(!told.isEmpty && told.allSatisfy { trace.labelSets[Int($0.index)].count == Self.labels.count })
    }
  }
}
