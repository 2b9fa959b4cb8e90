import Foundation
import Profiling
import TestSupport
import Testing

/// Every way to ask the allocator for memory and give it back, in a program of its own. Facts are objects and bytes
/// allocated, objects and bytes in use.
@Suite(.heapProfiler) struct HeapBlockTests {
  @Test func reallocationEndsOneBlockAndBeginsAnother() throws {
    let run = try ProfiledRun.heap("realloc")
    #expect(run.status == 0)
    let expected = [
      "allocated": "1 70001 1 70001", "grown-old": "1 70001 0 0", "grown-new": "1 70003 1 70003",
      "shrunk": "1 50003 1 50003", "moved": "1 90000001 1 90000001", "failed": "1",
      "after-failure": "1 90000001 1 90000001", "to-zero": "1", "after-zero": "1 90000001 0 0",
      "from-nil": "1 70007 0 0", "array": "1 70011 0 0", "array-overflow": "1", "calloc": "1 70021 0 0",
      "calloc-overflow": "1",
    ]
    #expect(run.facts == expected.mapValues { [$0] })
  }

  @Test func alignedBlocksAreAlignedAndSeen() throws {
    let run = try ProfiledRun.heap("aligned")
    let expected = [
      "posix_memalign": "1", "posix": "1 71001 1 71001", "posix-freed": "1 71001 0 0", "bad-alignment": "1",
      "bad": "0 0 0 0", "aligned_alloc": "1", "aligned": "1 71040 1 71040", "memalign": "1 71007 1 71007",
      "valloc": "1 71009 1 71009", "valloc-freed": "1 71009 0 0",
    ]
    #expect(run.facts == expected.mapValues { [$0] })
  }

  @Test func emptyBlocksAreObjectsWithoutBytes() throws {
    let run = try ProfiledRun.heap("empty")
    #expect(run.facts == ["empty": ["100 0 100 0"], "live": ["0"]])
  }

  @Test func hugeBlocksAreSeenAndImpossibleOnesRefused() throws {
    let run = try ProfiledRun.heap("huge")
    #expect(run.facts["huge"] == ["1 3221225473 1 3221225473"])
    #expect(run.facts["freed"] == ["1 3221225473 0 0"])
    #expect(run.facts["impossible"] == ["1"])
    #expect(run.facts["refused"] == ["0 0 0 0"])
  }

  @Test func labelsOfTheAllocatingCodeAreKept() throws {
    let run = try ProfiledRun.heap("labels")
    #expect(run.facts == ["a": ["1 77001 1 77001"], "b": ["1 77001 1 77001"]])
  }

  @Test func countersFollowTheHeap() throws {
    let run = try ProfiledRun.heap("counters")
    #expect(abs(run.fact("objects") - 1000) <= 50)
    #expect(abs(Double(run.fact("bytes")) / 1_000_003_000 - 1) <= 0.05)
    #expect(abs(run.fact("end")) <= 50)
    #expect(run.fact("stopped") == 1)
  }

  @Test func sessionsDoNotSeeEachOthersBlocks() throws {
    let run = try ProfiledRun.heap("restart")
    #expect(run.facts == ["second": ["50 3900050 50 3900050"], "sampled": ["1 10000019 1 10000019"], "stopped": ["0"]])
  }

  @Test func everySessionCountsFromItsOwnStart() throws {
    let run = try ProfiledRun.heap("rates")
    #expect(run.facts["all"] == Array(repeating: "1 78013 0 0", count: 10))
    let sampled = try #require(run.facts["sampled"]?.first).split(separator: " ").compactMap { Double($0) }
    #expect(sampled.count == 10)
    // 2,200 samples each: a standard error is 2 %.
    for objects in sampled { #expect(abs(objects / 10_000 - 1) < 0.12) }
  }

  @Test func deepStacksAreWholeOrCutAndCounted() throws {
    let run = try ProfiledRun.heap("deep")
    #expect(run.facts["whole"] == ["1 72001 1 72001"])
    #expect(run.fact("reaches-main") == 1)
    #expect(run.facts["cut"] == ["1 72003 1 72003"])
    #expect(run.fact("truncated") >= 1)
  }

  @Test func stacksBeyondTheBoundShareOneBucket() throws {
    let run = try ProfiledRun.heap("many-stacks")
    #expect(run.fact("overflowed") > 5000)
    #expect(run.fact("own-mebibytes") < 64)
    // A block of twelve rates is as good as sure to be sampled.
    #expect(abs(run.fact("planted") + run.fact("rest") - 1 << 14) <= 100)
    #expect(run.fact("comment") == 1)
  }
}

extension ProfiledRun {
  /// A run of the program that profiles its own heap.
  static func heap(_ scenario: String, environment: [String: String] = [:]) throws -> ProfiledRun {
    let folder = URL(fileURLWithPath: program).deletingLastPathComponent()
    return try ProfiledRun(
      scenario, environment: environment, program: folder.appendingPathComponent("HeapProgram").path)
  }
}

extension Trait where Self == ConditionTrait {
  /// Runs only where the hooks are.
  static var heapProfiler: Self {
    .enabled(if: HeapProfiler.isAvailable, "the allocation hooks are compiled out beside a sanitizer")
  }
}
