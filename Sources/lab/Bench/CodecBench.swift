import Pprof

extension Benchmark {
  /// Encoding and decoding 50,000 samples of 30 frames, with gzip.
  static let codec = Benchmark(name: "codec") {
    let profile = SyntheticProfile.make(samples: 50_000, depth: 30, functions: 2_000)
    let bytes = try profile.encoded(compressed: true)
    let decode = try Stopwatch.best(of: 5) { _ = try Profile(decoding: bytes) }
    let encode = try Stopwatch.best(of: 3) { _ = try profile.encoded(compressed: true) }
    return [
      Row(name: "decode 50k samples x 30 frames, gzip", value: decode * 1e3, unit: "ms", goal: .atMost(100)),
      Row(name: "encode 50k samples x 30 frames, gzip", value: encode * 1e3, unit: "ms", goal: .none),
    ]
  }
}
