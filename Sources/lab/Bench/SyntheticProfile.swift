import Pprof

/// Profiles of any size, the same for the same arguments.
enum SyntheticProfile {
  /// `samples` stacks of `depth` frames over `functions` functions, drawn so that callers are shared as in real programs.
  static func make(samples: Int, depth: Int, functions: Int) -> Profile {
    var state: UInt64 = 1
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    let stacks = (0..<samples).map { _ in
      (0..<depth).map { level in
        let spread = min(functions, 1 << min(depth - level, 20))
        return (level * 97 + random(spread)) % functions
      }
    }
    return Profile(
      sampleTypes: [ValueType(type: "samples", unit: "count"), .cpuTime],
      samples: stacks.map { Sample(locations: $0, values: [1, 10_000_000]) },
      mappings: [Mapping(id: 1, start: 0x1000, limit: 0x100_0000, file: "/bin/program", hasFunctions: true)],
      locations: (0..<functions).map {
        Location(
          id: UInt64($0 + 1), mapping: 0, address: UInt64(0x1000 + $0 * 16), lines: [Line(function: $0, line: 1)])
      },
      functions: (0..<functions).map {
        Function(id: UInt64($0 + 1), name: "Module.function\($0)(_:)", filename: "File.swift")
      },
      periodType: .cpuTime, period: 10_000_000)
  }
}
