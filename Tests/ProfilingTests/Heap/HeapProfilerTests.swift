import Platform
import Pprof
import Profiling
import Testing

/// Only one heap profiler runs at a time, so these tests do as well.
@Suite(.serialized, .heapProfiler) struct HeapProfilerTests {
  @Test func everyPlantedObjectIsFoundAtRateOne() throws {
    try HeapProfiler.start(rate: ByteCount(1))
    defer { HeapProfiler.stop() }
    var kept = plant(1000, size: 4801)
    for block in plant(500, size: 4802) { block.deallocate() }
    let whole = HeapProfiler.snapshot()
    #expect(whole.values(size: 4801) == [1000, 4_801_000, 1000, 4_801_000])
    #expect(whole.values(size: 4802) == [500, 2_401_000, 0, 0])
    for _ in 0..<400 { kept.removeLast().deallocate() }
    #expect(HeapProfiler.snapshot().values(size: 4801) == [1000, 4_801_000, 600, 2_880_600])
    for block in kept { block.deallocate() }
  }

  @Test func liveObjectsCarryTheirType() throws {
    try HeapProfiler.start(rate: ByteCount(1))
    defer { HeapProfiler.stop() }
    let objects = (0..<100).map(Planted.init)
    let arrays = objects.map { [Header(number: $0.number, owner: $0)] }
    let closures = zip(objects, arrays).map { object, array in { object.number + array.count } }
    let dictionaries = objects.map { [$0.number: $0] }
    let profile = HeapProfiler.snapshot()
    #expect(profile.objects(ofType: "Planted") == 100)
    #expect(profile.objects(ofType: "Array storage of Header") == 100)
    #expect(profile.objects(ofType: "Dictionary storage of Int, Planted") == 100)
    #expect(profile.types.contains { $0.hasPrefix("closure in ") })
    #expect(closures.count == arrays.count && dictionaries.count == arrays.count)
  }

  @Test func aSnapshotThatIsAwaitedIsOfTheMomentItWasAskedFor() async throws {
    try HeapProfiler.start(rate: ByteCount(1))
    defer { HeapProfiler.stop() }
    let block = UnsafeMutableRawPointer.allocate(byteCount: 48_013, alignment: 16)
    let profile = await HeapProfiler.snapshot()
    block.deallocate()
    #expect(profile.values(size: 48_013) == [1, 48_013, 1, 48_013])
  }

  @Test func aSecondProfilerIsRefused() throws {
    try HeapProfiler.start()
    defer { HeapProfiler.stop() }
    #expect(throws: ProfilingError.alreadyRunning(.heap)) { try HeapProfiler.start() }
  }

  @Test(arguments: [64, 512]) func estimatesAreUnbiased(kibibytes: Int) throws {
    let rate = ByteCount.kibibytes(kibibytes)
    try HeapProfiler.start(rate: rate)
    defer { HeapProfiler.stop() }
    // Sizes no one else asks for, on both sides of the rate.
    let blocks = [(203, 400_003), (40, 4_000_007)].map { (count, size) in plant(count, size: size) }
    let many = plant(50_000, size: 2003)
    let profile = HeapProfiler.snapshot()
    for (size, count) in [(400_003, 203), (4_000_007, 40), (2003, 50_000)] {
      let hit = 1 - exp(-Double(size) / Double(rate.bytes))
      // The number of blocks hit is binomial; five standard errors of the estimate.
      let tolerance = 5 * (Double(count) * (1 - hit) / hit).squareRoot() + 1
      let values = profile.values(size: Int64(size)).map(Double.init)
      #expect(abs(values[0] - Double(count)) <= tolerance)
      #expect(abs(values[2] - Double(count)) <= tolerance)
      #expect(abs(values[3] / Double(size) - values[2]) <= 1)
    }
    for block in blocks.joined() { block.deallocate() }
    for block in many { block.deallocate() }
    #expect(HeapProfiler.snapshot().values(size: 2003)[2] == 0)
  }
}

private struct Header {
  var number: Int
  var owner: Planted
}

private final class Planted {
  let number: Int
  init(number: Int) { self.number = number }
}

@inline(never) private func plant(_ count: Int, size: Int) -> [UnsafeMutableRawPointer] {
  (0..<count).map { _ in UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 8) }
}

extension Profile {
  /// Live objects of the samples labelled with this type.
  fileprivate func objects(ofType type: String) -> Int64 {
    samples.reduce(0) { $0 + ($1.labels["type"] == [type] ? $1.values[2] : 0) }
  }

  fileprivate var types: Set<String> { Set(samples.flatMap { $0.labels["type"] ?? [] }) }

  /// Sums of each value over the samples whose blocks have this size.
  func values(size: Int64) -> [Int64] {
    samples.reduce(into: [Int64](repeating: 0, count: sampleTypes.count)) { sums, sample in
      guard sample.numericLabels["bytes"]?.first?.value == size else { return }
      for index in sums.indices { sums[index] += sample.values[index] }
    }
  }
}
