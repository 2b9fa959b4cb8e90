import Analysis
import Foundation
import Leaks
import Pprof
import TestSupport

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
