import Analysis
import Foundation
import Leaks
import Pprof
import TestSupport
import Waiting

/// Captures of a series, of two variants and of two machines.
struct SampleCaptures: CaptureSource {
  func named(_ name: CaptureName) throws -> Capture {
    if name.profileKind == "leaks" {
      let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
      let file = root.appendingPathComponent("Content/captures/retain-cycles/faulty/leaks.report.json")
      let report = try LeakReport(json: [UInt8](Data(contentsOf: file)))
      return Capture(report, provenance: provenance(name))
    }
    if name.profileKind == "trace" { return Capture(SampleTraces.sort, provenance: provenance(name)) }
    if name.profileKind == "waitfor" { return Capture(Self.deadlock, provenance: provenance(name)) }
    if name.profileKind == "cpu" {
      let profile: Profile = name.variant == "faulty" ? .kafka : .kafkaFixed
      return Capture(profile, provenance: provenance(name))
    }
    var builder = ProfileBuilder("inuse_objects/count", "inuse_space/bytes")
    builder.add("main;keep", 400, 4_000_000 * Int64(name.round ?? 1))
    builder.add("main;decode@main.swift:1", 300, name.variant == "faulty" ? 5_000_000 : 500_000)
    (builder.profile.period, builder.profile.periodType) = (512 << 10, ValueType(type: "space", unit: "bytes"))
    return Capture(builder.profile, provenance: provenance(name))
  }

  /// Two tasks hold what the other one waits for, a third hangs on it, and a thread has nothing to do with it.
  static let deadlock = WaitGraph(
    program: "/bin/bank",
    nodes: [
      WaitNode(
        kind: .task, name: "task 5 \"debit <a>\"", state: "blocked", nanoseconds: 3_000_000_000,
        place: "Bank.transfer(from:to:amount:) at Bank.swift:31", thread: 12),
      WaitNode(kind: .mutex, name: "Mutex Bank.accounts", place: "0x55d0"),
      WaitNode(
        kind: .task, name: "task 6 \"credit\"", state: "blocked", nanoseconds: 4_000_000_000,
        place: "Bank.audit() at Bank.swift:40", thread: 13),
      WaitNode(kind: .lock, name: "NSLock A", place: "0x55e0"),
      WaitNode(
        kind: .task, name: "task 7", state: "waiting on task", nanoseconds: 2_000_000_000,
        place: "main() at Bank.swift:7"),
      WaitNode(
        kind: .thread, name: "thread 14 \"idle\"", state: "blocked", place: "wait() at Idle.swift:3", thread: 14),
      WaitNode(kind: .semaphore, name: "the semaphore at 0x77"),
    ],
    edges: [
      WaitEdge(from: 0, to: 3), WaitEdge(from: 3, to: 2), WaitEdge(from: 2, to: 1), WaitEdge(from: 1, to: 0),
      WaitEdge(from: 4, to: 0), WaitEdge(from: 5, to: 6, isLimited: true),
    ])

  func both(_ name: CaptureName) throws -> (published: Capture?, local: Capture?) { (try named(name), nil) }

  private func provenance(_ name: CaptureName) -> Provenance {
    Provenance(
      scenario: name.scenario, variant: name.variant, kind: name.kind, parameters: [:], command: "", date: "",
      machine: .init(processor: "p", cores: 2, kernel: "k", system: "s", toolchain: "t"), build: "release", key: "",
      digest: "", recording: .init(samples: 4, lost: 0, truncated: 0, unresolved: 0, cpuSeconds: 0),
      overhead: .init(ratios: [1]), cpuSecondsPerRound: name.variant == "faulty" ? 0.32 : 0.19,
      wallSecondsPerRound: 0.1, output: "", truth: [])
  }
}
