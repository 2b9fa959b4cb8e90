import CProfiler
import Platform
import Pprof
import Symbolization

/// The heap profiler's tables at one moment.
struct HeapSnapshot {
  /// All recorded allocations of one size from one stack.
  struct Bucket {
    var number: UInt32
    var stack: UInt32
    var size: Int
    /// Recorded since the start.
    var allocated: Int
    /// Of these, not freed.
    var live: Int
    /// What one recorded block stands for.
    var scale: Double
  }

  /// A stack of the tables.
  struct Stack {
    /// Its addresses, leaf first, all of them return addresses.
    var frames: [UInt64]
    /// The labels of the task that allocated.
    var labels: [String: [String]]

    init(_ number: UInt32) {
      var set: UInt64 = 0
      frames = withUnsafeTemporaryAllocation(of: UInt.self, capacity: Int(LAB_HEAP_MOST_FRAMES)) { buffer in
        let count = lab_heap_stack_frames(number, buffer.baseAddress, buffer.count, &set)
        return buffer[..<count].map { UInt64($0) }
      }
      labels = LabelSets.shared.labels(of: UInt32(truncatingIfNeeded: set))
    }
  }

  var rate: Int
  /// What is recorded only for the program's own session; nil: everything.
  var window: HeapWindow?
  var buckets: [Bucket]
  var statistics: HeapStatistics
  var started: Int64
  var taken: Int64
  /// When most was in use, in nanoseconds since the epoch, if what is live is of that moment; nil: of when it was taken.
  var peakTime: Int64?

  /// Copies what the program's own session has; nothing if there is none.
  static func takeOfProgram() -> HeapSnapshot {
    lab_unwind_prepare()
    // Held on to, so that the session is not ended and begun anew meanwhile.
    let snapshot = HeapEngine.sessions.with(.program) { part in
      var snapshot = take(part.window.flatMap { $0.isWhole ? nil : $0 })
      snapshot.window = part.window
      return snapshot
    }
    return snapshot
      ?? HeapSnapshot(
        rate: 0, buckets: [], statistics: HeapProfiler.statistics, started: 0, taken: nanosecondsSinceEpoch())
  }

  /// Copies what a whole run has; with what was in use when most was, if that is followed.
  static func takeOfRun() -> HeapSnapshot {
    // Asked first: a peak that comes meanwhile is later than that, and most of it is seen.
    let peakTime = lab_heap_peak_time()
    var snapshot = take()
    guard peakTime != 0 else { return snapshot }
    snapshot.peakTime = peakTime
    for index in snapshot.buckets.indices {
      let bucket = snapshot.buckets[index]
      snapshot.buckets[index].live = min(Int(lab_heap_bucket_live_at_peak(bucket.number)), bucket.allocated)
    }
    return snapshot
  }

  /// Copies the tables: what is in the window, or all.
  static func take(_ window: HeapWindow? = nil) -> HeapSnapshot {
    // Modules loaded since the start are walked by frame pointers; from now on by their tables.
    lab_unwind_prepare()
    let rate = Int(lab_heap_rate())
    var live: [UInt32: Int] = [:]
    if let window {
      withTrackedBlocks(ofWindow: window.number) { for block in $0 { live[block.bucket, default: 0] += 1 } }
    }
    var buckets: [Bucket] = []
    var raw = lab_heap_bucket()
    for index in stride(from: UInt32(1), through: rate == 0 ? 0 : lab_heap_bucket_count(), by: 1)
    where lab_heap_bucket_at(index, &raw) {
      let size = Int(raw.size)
      let allocated = Int(window?.allocated(of: index, now: raw.allocated) ?? raw.allocated)
      guard allocated > 0 else { continue }
      buckets.append(
        Bucket(
          number: index, stack: raw.stack, size: size, allocated: allocated,
          live: window == nil ? Int(raw.allocated - raw.freed) : min(live[index] ?? 0, allocated),
          scale: scale(size: size, rate: rate)))
    }
    return HeapSnapshot(
      rate: rate, buckets: buckets, statistics: HeapProfiler.statistics,
      started: window?.beganAt ?? lab_heap_began_at(), taken: nanosecondsSinceEpoch())
  }

  /// How many blocks of `size` bytes one recorded block stands for.
  ///
  /// A block is recorded if the next sampled byte, at an exponentially distributed distance, lies in it: with probability
  /// 1 − e^(−size/rate). Empty blocks weigh one byte.
  static func scale(size: Int, rate: Int) -> Double {
    rate <= 1 ? 1 : -1 / expm1(-Double(max(size, 1)) / Double(rate))
  }

  /// The snapshot in pprof's words.
  ///
  /// Live Swift objects carry their type as a label; so each bucket becomes a sample for each type in it and one for the
  /// rest, whose values add up to the bucket's. What was allocated is all told of the rest: told of types, it would shrink
  /// when objects die, and who compares captures by stack and labels, as scrapers do, would lose it.
  func profile(_ kind: HeapProfileKind) -> Profile {
    let (images, replaced) = DepartedImages.withLoaded()
    var symbolizer = Symbolizer.ofProcess(images: images)
    let stacks = Dictionary(Set(buckets.map(\.stack)).map { ($0, Stack($0)) }) { first, _ in first }
    let allocations = AllocationFrames(stacks: stacks.values.map(\.frames), symbolizer: &symbolizer)
    // Of blocks that were alive at a peak many are gone, and their types with them.
    let objects =
      peakTime != nil ? [] : Set(buckets.filter { $0.live > 0 && lab_heap_makes_objects($0.stack) }.map(\.number))
    let types = HeapLiveTypes(buckets: objects, window: window.map { $0.isWhole ? 0 : $0.number } ?? 0)

    var builder = ProfileBuilder(sampleTypes: [
      ValueType(type: "alloc_objects", unit: "count"), ValueType(type: "alloc_space", unit: "bytes"),
      ValueType(type: "inuse_objects", unit: "count"), ValueType(type: "inuse_space", unit: "bytes"),
    ])
    for bucket in buckets {
      let (stack, labels) = stacks[bucket.stack].map { ($0.frames, $0.labels) } ?? ([], [:])
      let frames = Array(allocations.trimmed(stack))
      let bytes = ["bytes": [NumericLabel(value: Int64(bucket.size), unit: "bytes")]]
      var rest = bucket.values
      for (type, count) in types.counts[bucket.number] ?? [:] {
        let values = [0, 0] + bucket.inUse(min(count, bucket.live))
        for index in rest.indices { rest[index] = max(rest[index] - values[index], 0) }
        let name = type.label(allocatedBy: allocations.allocatingFunction(of: stack))
        builder.add(
          frames, leaf: .returnAddress, values: values,
          labels: labels.merging(["type": [name]]) { $1 }, numericLabels: bytes)
      }
      guard rest.contains(where: { $0 > 0 }) else { continue }
      if stack.isEmpty {
        builder.add(named: "[stacks beyond the bound]", values: rest)
      } else {
        builder.add(frames, leaf: .returnAddress, values: rest, labels: labels, numericLabels: bytes)
      }
    }
    var profile = builder.finish(symbolizer: &symbolizer)
    profile.defaultSampleType = kind == .allocs ? "alloc_space" : ""
    profile.periodType = ValueType(type: "space", unit: "bytes")
    profile.period = Int64(rate)
    profile.timeNanoseconds = taken
    profile.durationNanoseconds = rate == 0 ? 0 : taken - started
    profile.comments = statistics.comments + windowComments + peakComments
    if let complaint = LabelReader.complaint { profile.comments.append(complaint) }
    if replaced > 0 {
      profile.comments.append(
        "\(replaced) unloaded libraries' addresses were taken by others: names there may be wrong")
    }
    return profile
  }
}

extension HeapSnapshot {
  /// What the program must know if its session shares another one.
  private var windowComments: [String] {
    guard let window else { return [] }
    var lines: [String] = []
    if max(window.asked.bytes, 1) != rate {
      lines.append(
        "one sample every \(max(window.asked.bytes, 1)) bytes was asked for, but the heap profiler ran already, "
          + "with one every \(rate)")
    }
    if window.number == 0 {
      lines.append("too many sessions have left blocks: what is in use includes blocks of earlier ones")
    }
    return lines
  }
}

extension HeapSnapshot {
  /// When the peak was, of which what is in use is.
  private var peakComments: [String] {
    guard let peakTime else { return [] }
    let seconds = String(Double(max(peakTime - started, 0) / 1_000_000) / 1000)
    let bytes = buckets.reduce(0) { $0 + $1.values[3] }
    return [
      "in use is what was when most was: \(bytes) bytes, \(seconds) s after the start; types are not known of that time"
    ]
  }
}

extension HeapSnapshot.Bucket {
  /// Objects and bytes allocated and in use, scaled to what the samples stand for.
  var values: [Int64] { [scaled(allocated), scaled(allocated, times: size)] + inUse(live) }

  /// Objects and bytes of some of the live blocks.
  func inUse(_ count: Int) -> [Int64] { [scaled(count), scaled(count, times: size)] }

  private func scaled(_ count: Int, times factor: Int = 1) -> Int64 {
    Int64((Double(count) * scale * Double(factor)).rounded())
  }
}

extension HeapTypeNames.Kind {
  /// The text of the label `type`.
  func label(allocatedBy function: String?) -> String {
    switch self {
    case .named(let name): name
    case .closure: function.map { "closure in \($0)" } ?? "closure"
    }
  }
}
