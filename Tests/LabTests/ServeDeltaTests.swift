import Foundation
import Platform
import Pprof
import PprofOperations
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
        // Shown as one function, which a capture meets by its closure first.
        @inline(never) func storer(_ count: Int) -> (Int) -> Void {
          for n in 0..<count { pages.append(Page(n)) }
          return { pages.append(Page($0)) }
        }

        for _ in 0..<2 { Thread.detachNewThread { while true { holdLock(); usleep(100) } } }
        signal(SIGUSR1) { _ in isAsked = 1 }
        keep(2_000)
        let store = storer(0)
        for n in 0..<300 { store(n) }
        _ = deep(2_000)
        print("begun")
        fflush(stdout)
        while isAsked == 0 { usleep(1_000) }
        pages.removeFirst(1_900)
        keep(100)
        _ = storer(300)
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
      let kinds = ["allocs", "heap", "mutex", "block"], changes = ["delta_heap", "delta_mutex", "delta_block"]
      let before = try kinds.map { try served.profile($0) }
      for kind in changes { _ = try served.profile(kind) }
      kill(served.id, SIGUSR1)
      try program.wait(for: "second")
      // As they are told by the server and as pprof reckons, which goes by functions, too.
      for kind in changes { try Self.expectGrowth(served.profile(kind), kind) }
      #expect(try served.profile("mutex").samples.count > 0)
      let grown = try served.profile("allocs").difference(from: before[0])
      try Self.expectGrowth(grown, "allocs", types: 2)
      for name in ["keep(_:)", "storer(_:)"] {
        #expect(grown.functions.contains { $0.name == name }, "\(name)")
      }
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

  /// No value is below zero, in the first so many types of sample or all.
  private static func expectGrowth(_ profile: Profile, _ name: String, types: Int? = nil) throws {
    for sample in profile.samples where sample.values.prefix(types ?? .max).contains(where: { $0 < 0 }) {
      let lines = sample.locations.flatMap { profile.locations[$0].lines }
      let functions = lines.map { profile.functions[$0.function].name }
      Issue.record("\(name): \(sample.values) of \(sample.labels) at \(functions)")
    }
  }

  /// Threads that come and go, each with stacks that were not there before: closures, generics and what the runtime
  /// allocates for these; and contention meanwhile.
  private static func changingProgram() throws -> TestedProgram {
    try TestedProgram(
      swift: """
        import Foundation

        struct Pair<A, B> { var first: A, second: B }
        final class Box<T> { let value: [T]; init(_ value: T, _ count: Int) { self.value = [T](repeating: value, count: count) } }
        let lock = NSLock()
        nonisolated(unsafe) var kept: [AnyObject] = []

        @inline(never) func keep(_ object: AnyObject) {
          lock.withLock {
            if kept.count > 500 { kept.removeFirst(400) }
            kept.append(object)
          }
        }
        @inline(never) func nest<T>(_ value: T, _ depth: Int) {
          keep(Box(value, 20 + depth))
          if depth > 0 { depth % 2 == 0 ? nest(Pair(first: value, second: depth), depth - 1) : nest([value], depth - 1) }
        }
        @inline(never) func server(_ number: Int) -> (Int) -> Void {
          keep(Box(number, number % 50))
          return { keep(Box($0, 3)); if $0 % 3 == 0 { keep(Box("\\($0)", 5)) } else { nest($0, $0 % 9) } }
        }
        @inline(never) func serve(_ number: Int) {
          let serve = server(number)
          for n in 0..<40 { serve(number &+ n) }
        }
        for number in 0..<50 { serve(number); usleep(100) }
        for start in 0..<2 {
          Thread.detachNewThread {
            for number in start... {
              let done = DispatchSemaphore(value: 0)
              Thread.detachNewThread { serve(number); done.signal() }
              done.wait()
            }
          }
        }
        print("begun")
        fflush(stdout)
        while true { sleep(100) }
        """)
  }

  @Test("What is counted never falls between two captures, under load, while threads come and go")
  func underLoad() throws {
    try ServeTests.serving(Self.changingProgram(), ["--rates", "heap=2048,block=1,mutex=1"]) { served in
      let kinds = ["delta_heap", "delta_mutex", "delta_block"]
      var counted = [0, 0, 0]
      for _ in 0..<12 {
        for (index, kind) in kinds.enumerated() {
          let change = try served.profile(kind)
          counted[index] += change.samples.count
          try Self.expectGrowth(change, kind)
        }
      }
      // Of contention there may be none: what the lock is held for is short.
      #expect(counted[0] > 0 && counted[2] > 0)
    }
  }
}
