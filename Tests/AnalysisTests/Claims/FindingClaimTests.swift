import Findings
import Pprof
import Testing

@testable import Analysis

/// What claims ask of findings is read from the comments of a profile.
struct FindingClaimTests {
  private static let capture: Capture = {
    var profile = Profile(sampleTypes: [ValueType(type: "task", unit: "count")])
    let findings = [
      Finding(
        .poolStarved, subject: "logIn(_:)", count: 98,
        measured: [.longest: 1_010_000_000, .sum: 48_000_000_000]),
      Finding(
        .poolStarved, subject: "convert(_:)", count: 2, measured: [.longest: 40_000_000, .sum: 60_000_000]),
      Finding(
        .blocksThePool, subject: "Directory.role(of:) at Directory.swift:7", count: 100, measured: [.sum: 2_000_000],
        on: "sleep"),
      Finding(.tooSmall, subject: "sort(_:)", count: 900, measured: [.outOf: 1_000]),
    ]
    profile.comments = ["100 tasks made"] + findings.flatMap(\.comments)
    return Capture(profile, provenance: .example(cpuSeconds: 3))
  }()

  private func value(_ items: (String, String)...) throws -> Double {
    let all = [("value", "finding"), ("within", "0..")] + items
    let claim = try Claim(items: all.map { (name: $0.0, value: $0.1) })
    return try claim.evaluate(on: Self.capture) { _ in Self.capture }.measurement.value
  }

  @Test func `the count, of all findings of a kind or of one function's`() throws {
    #expect(try value(("finding", "pool-starved")) == 100)
    #expect(try value(("finding", "pool-starved"), ("function", "logIn")) == 98)
    #expect(try value(("finding", "blocks-the-pool"), ("function", "Directory.role(of:)")) == 100)
  }

  @Test func `what was measured, times in milliseconds`() throws {
    #expect(try value(("finding", "pool-starved"), ("measure", "longest")) == 1010)
    #expect(try value(("finding", "pool-starved"), ("measure", "sum")) == 48_060)
    #expect(try value(("finding", "too-small"), ("measure", "out-of")) == 1000)
  }

  @Test func `what was not found is nothing`() throws {
    #expect(try value(("finding", "self-wakes")) == 0)
    #expect(try value(("finding", "self-wakes"), ("measure", "mean")) == 0)
  }

  @Test func `a kind or a measure that there is not is a slip`() {
    #expect(throws: ClaimError.self) { try value(("finding", "pool-starving")) }
    #expect(throws: ClaimError.self) { try value(("finding", "pool-starved"), ("measure", "most")) }
  }
}
