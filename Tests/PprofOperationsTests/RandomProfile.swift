import Pprof
import PprofOperations
import TestSupport

extension Profile {
  /// A profile with something of everything that merging and filtering look at, the same for the same seed.
  ///
  /// Odd seeds have the program at another address, so that merging must find the same code again.
  static func random(seed: UInt64, unit: String = "nanoseconds") throws -> Profile {
    var generator = SeededGenerator(seed: seed)
    var builder = ProfileBuilder("samples/count", "cpu/\(unit)")
    for _ in 0..<25 {
      let stack = (0..<Int.random(in: 1...6, using: &generator)).map { _ in
        (0..<[1, 1, 1, 2].pick(&generator)).map { _ in
          ProfileBuilder.Frame(
            ["main", "work", "parse(from:)", "swift_alloc", "malloc", "a::(anonymous namespace)::f(int)"].pick(
              &generator),
            file: ["m.swift", "w.swift", "x/y.swift"].pick(&generator), line: [1, 2, 3].pick(&generator))
        }
      }
      let sizes: [Int64] = [0, 16, 1024, 4096]
      let size = sizes.pick(&generator)
      builder.add(
        stack, values: [Int64.random(in: -1...3, using: &generator), [0, 1000, 2000].pick(&generator)],
        labels: Bool.random(using: &generator) ? ["client": [["a", "b"].pick(&generator)]] : [:],
        numericLabels: size == 0 ? [:] : ["bytes": [NumericLabel(value: size, unit: "bytes")]])
    }
    var profile = builder.profile
    profile.mappings.append(Mapping(id: 7, start: 0, limit: 0x1000, file: "/lib/libx.so"))
    for index in profile.locations.indices where index % 5 == 0 {
      profile.locations[index].mapping = index % 10 == 0 ? 1 : nil
    }
    if seed % 2 == 1 {
      profile.mappings[0].start += 0x50000
      profile.mappings[0].limit += 0x50000
      for index in profile.locations.indices { profile.locations[index].address += 0x50000 }
    }
    profile.periodType = ValueType(type: "cpu", unit: unit)
    profile.period = 10
    profile.timeNanoseconds = Int64(seed) * 1000 + 5
    profile.durationNanoseconds = 7
    profile.comments = ["comment \(seed % 2)"]
    profile.dropFrames = "swift_.*|malloc"
    profile.keepFrames = "malloc"
    return profile
  }
}

extension Array {
  fileprivate func pick(_ generator: inout SeededGenerator) -> Element {
    self[Int.random(in: 0..<count, using: &generator)]
  }
}
