import CProfilerHooks
import Glibc
import Pprof

/// The heap profiler's tables at one moment.
struct HeapSnapshot {
  /// All recorded allocations of one size from one stack.
  struct Bucket {
    var stack: UInt32
    var size: Int
    /// Recorded since the start.
    var allocated: Int
    /// Of these, not freed.
    var live: Int
    /// What one recorded block stands for.
    var scale: Double
  }

  var rate: Int
  var buckets: [Bucket]
  var statistics: HeapStatistics
  var started: Int64
  var taken: Int64

  /// Copies the tables.
  static func take() -> HeapSnapshot {
    let rate = Int(lab_heap_rate())
    var buckets: [Bucket] = []
    var raw = lab_heap_bucket()
    for index in stride(from: UInt32(1), through: rate == 0 ? 0 : lab_heap_bucket_count(), by: 1)
    where lab_heap_bucket_at(index, &raw) {
      let size = Int(raw.size)
      buckets.append(
        Bucket(
          stack: raw.stack, size: size, allocated: Int(raw.allocated), live: Int(raw.allocated - raw.freed),
          scale: scale(size: size, rate: rate)))
    }
    return HeapSnapshot(
      rate: rate, buckets: buckets, statistics: HeapProfiler.statistics, started: HeapSession.started,
      taken: HeapSession.now())
  }

  /// How many blocks of `size` bytes one recorded block stands for.
  ///
  /// A block is recorded if the next sampled byte, at an exponentially distributed distance, lies in it: with probability
  /// 1 − e^(−size/rate). Empty blocks weigh one byte.
  static func scale(size: Int, rate: Int) -> Double {
    rate <= 1 ? 1 : -1 / expm1(-Double(max(size, 1)) / Double(rate))
  }

  /// The addresses of a stack, leaf first, all of them return addresses.
  static func frames(of stack: UInt32) -> [UInt64] {
    withUnsafeTemporaryAllocation(of: UInt.self, capacity: 1024) { buffer in
      guard let start = buffer.baseAddress else { return [] }
      let count = lab_heap_stack_frames(stack, start, buffer.count, nil)
      return buffer[..<count].map { UInt64($0) }
    }
  }

  /// The snapshot in pprof's words.
  func profile(_ kind: HeapProfileKind) -> Profile {
    var builder = HeapProfileBuilder()
    for bucket in buckets {
      let objects = Double(bucket.allocated) * bucket.scale
      let live = Double(bucket.live) * bucket.scale
      let size = Double(bucket.size)
      builder.add(
        stack: bucket.stack,
        values: [objects, objects * size, live, live * size].map { Int64($0.rounded()) },
        labels: [:], numericLabels: ["bytes": [NumericLabel(value: Int64(bucket.size), unit: "bytes")]])
    }
    var profile = builder.finish()
    profile.sampleTypes = [
      ValueType(type: "alloc_objects", unit: "count"), ValueType(type: "alloc_space", unit: "bytes"),
      ValueType(type: "inuse_objects", unit: "count"), ValueType(type: "inuse_space", unit: "bytes"),
    ]
    profile.defaultSampleType = kind == .allocs ? "alloc_space" : ""
    profile.periodType = ValueType(type: "space", unit: "bytes")
    profile.period = Int64(rate)
    profile.timeNanoseconds = taken
    profile.durationNanoseconds = rate == 0 ? 0 : taken - started
    profile.comments = statistics.comments
    return profile
  }
}
