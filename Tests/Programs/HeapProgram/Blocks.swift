import CProfiler
import Platform
import Profiling

// What the allocator can be asked for.

/// Keeps the compiler from leaving out allocations that nobody looks at.
@inline(never) func use(_ block: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? { block }

func reallocations() throws {
  try recording {
    var block = use(malloc(70_001))
    report("allocated", size: 70_001)
    block = use(realloc(block, 70_003))
    report("grown-old", size: 70_001)
    report("grown-new", size: 70_003)
    block = use(realloc(block, 50_003))
    report("shrunk", size: 50_003)
    // Moved for certain: from the heap to a mapping of its own.
    block = use(realloc(block, 90_000_001))
    report("moved", size: 90_000_001)
    let failed = realloc(block, Int.max / 2)
    say("failed", failed == nil ? 1 : 0)
    report("after-failure", size: 90_000_001)
    say("to-zero", realloc(block, 0) == nil ? 1 : 0)
    report("after-zero", size: 90_000_001)
    free(use(realloc(nil, 70_007)))
    report("from-nil", size: 70_007)
    free(use(reallocarray(nil, 3, 23_337)))
    report("array", size: 70_011)
    say("array-overflow", reallocarray(nil, Int.max, 4) == nil && errno == ENOMEM ? 1 : 0)
    free(use(calloc(7, 10_003)))
    report("calloc", size: 70_021)
    say("calloc-overflow", calloc(Int.max, 4) == nil ? 1 : 0)
  }
}

/// Swift's Glibc module leaves it out.
private func memalign(_ alignment: Int, _ size: Int) -> UnsafeMutableRawPointer? {
  typealias Memalign = @convention(c) (Int, Int) -> UnsafeMutableRawPointer?
  guard let symbol = dlsym(nil, "memalign") else { return nil }
  return unsafeBitCast(symbol, to: Memalign.self)(alignment, size)
}

func alignments() throws {
  try recording {
    var block: UnsafeMutableRawPointer?
    say("posix_memalign", posix_memalign(&block, 4096, 71_001) == 0 && Int(bitPattern: block) % 4096 == 0 ? 1 : 0)
    report("posix", size: 71_001)
    free(block)
    report("posix-freed", size: 71_001)
    say("bad-alignment", posix_memalign(&block, 3, 71_003) == EINVAL ? 1 : 0)
    report("bad", size: 71_003)
    let aligned = use(aligned_alloc(64, 71_040))
    let older = use(memalign(256, 71_007))
    say("aligned_alloc", Int(bitPattern: aligned) % 64 == 0 && Int(bitPattern: older) % 256 == 0 ? 1 : 0)
    report("aligned", size: 71_040)
    report("memalign", size: 71_007)
    free(aligned)
    free(older)
    let page = use(valloc(71_009))
    report("valloc", size: 71_009)
    free(page)
    report("valloc-freed", size: 71_009)
  }
}

func emptyBlocks() throws {
  try recording {
    let before = HeapProfiler.snapshot().values(size: 0)
    let blocks = (0..<100).map { _ in use(malloc(0)) }
    let after = HeapProfiler.snapshot().values(size: 0)
    say("empty", zip(after, before).map { String($0 - $1) }.joined(separator: " "))
    for block in blocks { free(block) }
    say("live", HeapProfiler.snapshot().values(size: 0)[2] - before[2])
  }
}

func hugeBlocks() throws {
  try recording {
    let block = use(malloc(3 << 30 + 1))
    report("huge", size: 3 << 30 + 1)
    free(block)
    report("freed", size: 3 << 30 + 1)
    say("impossible", malloc(Int.max) == nil && errno == ENOMEM ? 1 : 0)
    report("refused", size: Int.max)
  }
}

/// At the normal rate, the counters follow the heap.
func counters() throws {
  try HeapProfiler.start(rate: .kibibytes(64))
  let before = HeapProfiler.liveCounters
  let blocks = (0..<1000).map { _ in use(malloc(1_000_003)) }
  let after = HeapProfiler.liveCounters
  for block in blocks { free(block) }
  let end = HeapProfiler.liveCounters
  HeapProfiler.stop()
  guard let before, let after, let end else { return }
  // A block of 16 rates is as good as sure to be sampled.
  say("objects", after.objects - before.objects)
  say("bytes", after.size.bytes - before.size.bytes)
  say("end", end.objects - before.objects)
  say("stopped", HeapProfiler.liveCounters == nil ? 1 : 0)
}

@inline(never) func descend(_ depth: Int, _ body: () -> Void) -> Int {
  if depth == 0 {
    body()
    return 0
  }
  return descend(depth - 1, body) &+ 1
}

/// Stacks deeper than the profiler keeps.
func deep() throws {
  try recording {
    var blocks: [UnsafeMutableRawPointer?] = []
    say(
      "depth",
      descend(500) { blocks.append(use(malloc(72_001))) } + descend(5000) { blocks.append(use(malloc(72_003))) })
    let profile = HeapProfiler.snapshot()
    report("whole", size: 72_001, in: profile)
    report("cut", size: 72_003, in: profile)
    let whole = profile.samples.first { $0.numericLabels["bytes"]?.first?.value == 72_001 }
    print(whole.map { profile.names(of: $0).suffix(6) } ?? [])
    say("reaches-main", whole.map { profile.names(of: $0).contains("Program.main()") } == true ? 1 : 0)
    say("truncated", HeapProfiler.statistics.truncated)
    for block in blocks { free(block) }
  }
}

/// A path of left and right turns for each number.
@inline(never) func turn(_ number: Int, _ depth: Int, _ blocks: inout [UnsafeMutableRawPointer?]) -> Int {
  if depth == 0 {
    blocks.append(use(malloc(200_003)))
    return 0
  }
  if number & 1 == 0 { return turn(number >> 1, depth - 1, &blocks) &+ 1 }
  return turn(number >> 1, depth - 1, &blocks) &+ 2
}

/// More distinct stacks than there is room for.
func manyStacks() throws {
  lab_heap_limit_buckets(5000)
  try HeapProfiler.start(rate: .kibibytes(16))
  var blocks: [UnsafeMutableRawPointer?] = []
  blocks.reserveCapacity(1 << 12)
  for number in 0..<1 << 14 {
    _ = turn(number, 14, &blocks)
    if blocks.count == 1 << 12 {
      for block in blocks { free(block) }
      blocks.removeAll(keepingCapacity: true)
    }
  }
  let profile = HeapProfiler.snapshot()
  say("overflowed", HeapProfiler.statistics.overflowed)
  say("own-mebibytes", HeapProfiler.statistics.ownMemory.bytes >> 20)
  say("buckets", HeapProfiler.statistics.buckets)
  say("planted", profile.values(size: 200_003)[0])
  say("rest", profile.sum { profile.names(of: $0) == ["[stacks beyond the bound]"] }[0])
  say("comment", profile.comments.contains { $0.contains("table of stacks is full") } ? 1 : 0)
  HeapProfiler.stop()
}
