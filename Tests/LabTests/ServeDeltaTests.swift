import Foundation
import Platform
import Pprof
import TestSupport
import Testing

/// What scrapers make of two captures: they know a stack by its addresses and labels, and subtract.
@Suite struct ServeDeltaTests {
  private struct Key: Hashable {
    var addresses: [UInt64], labels: [String: [String]], numbers: [String: [NumericLabel]]
  }

  private struct Sums {
    var values: [Key: [Int64]] = [:]
    var total: [Int64] = []
    /// The functions of each key: one list, or a scraper shows one for the other.
    var names: [Key: Set<[String]>] = [:]
    var synthetic: Set<String> = []

    init(_ profile: Profile) {
      total = [Int64](repeating: 0, count: profile.sampleTypes.count)
      for sample in profile.samples {
        let locations = sample.locations.map { profile.locations[$0] }
        let key = Key(addresses: locations.map(\.address), labels: sample.labels, numbers: sample.numericLabels)
        let functions = locations.flatMap { $0.lines.map { profile.functions[$0.function].name } }
        names[key, default: []].insert(functions)
        synthetic.formUnion(functions.filter { $0.hasPrefix("[") })
        for (index, value) in sample.values.enumerated() {
          values[key, default: [Int64](repeating: 0, count: total.count)][index] += value
          total[index] += value
        }
      }
    }
  }

  /// Keeps objects, and at SIGUSR1 lets most of them go and makes others, deep in a stack as well; two threads contend.
  private static func program() throws -> TestedProgram {
    try TestedProgram(
      swift: """
        import Foundation

        final class Page { let text: [UInt8]; init(_ n: Int) { text = [UInt8](repeating: UInt8(truncatingIfNeeded: n), count: 3_000) } }
        nonisolated(unsafe) var pages: [Page] = []
        nonisolated(unsafe) var isAsked: sig_atomic_t = 0
        let lock = NSLock()

        @inline(never) func keep(_ count: Int) { for n in 0..<count { pages.append(Page(n)) } }
        @inline(never) func deep(_ depth: Int) -> Int {
          if depth == 0 { keep(300); return 0 }
          return deep(depth - 1) &+ pages.count
        }
        @inline(never) func holdLock() { lock.withLock { usleep(500) } }

        for _ in 0..<2 { Thread.detachNewThread { while true { holdLock(); usleep(100) } } }
        signal(SIGUSR1) { _ in isAsked = 1 }
        keep(2_000)
        _ = deep(2_000)
        print("begun")
        fflush(stdout)
        while isAsked == 0 { usleep(1_000) }
        pages.removeFirst(1_900)
        keep(100)
        _ = deep(2_000)
        print("second")
        fflush(stdout)
        while true { sleep(100) }
        """)
  }

  @Test("A delta by addresses and labels loses nothing and is never negative, with frames that no code has")
  func byAddressesAndLabels() throws {
    let program = try Self.program()
    try ServeTests.serving(program, ["--rates", "heap=4096,block=1,mutex=1"]) { served in
      let kinds = ["allocs", "heap", "mutex", "block"]
      let before = try kinds.map { try served.profile($0) }
      kill(served.id, SIGUSR1)
      try program.wait(for: "second")
      let after = try kinds.map { try served.profile($0) }
      for (kind, (first, second)) in zip(kinds, zip(before, after)) {
        let old = Sums(first), new = Sums(second)
        // What is in use grows and shrinks; scrapers take it as it is.
        let growing = second.sampleTypes.indices.filter { !second.sampleTypes[$0].type.hasPrefix("inuse_") }.prefix(2)
        #expect(growing.count == 2)
        var sums = [Int64](repeating: 0, count: new.total.count)
        for key in Set(old.values.keys).union(new.values.keys) {
          for index in growing {
            let change = (new.values[key]?[index] ?? 0) - (old.values[key]?[index] ?? 0)
            sums[index] += max(change, 0)
            #expect(change >= 0, "\(kind): \(key.labels) \(new.names[key] ?? old.names[key] ?? [])")
          }
          #expect((old.names[key] ?? []).union(new.names[key] ?? []).count == 1, "\(kind)")
        }
        for index in growing {
          #expect(sums[index] == new.total[index] - old.total[index] && sums[index] > 0, "\(kind), \(index)")
        }
        if kind == "allocs" || kind == "heap" {
          #expect(new.synthetic.contains { $0.hasSuffix("frames left out]") }, "\(new.synthetic)")
          #expect(new.values.keys.contains { $0.labels["type"] != nil })
        }
      }
    }
  }
}
