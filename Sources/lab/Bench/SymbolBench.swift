import Symbolization

extension Benchmark {
  /// Symbolizing 2,000 addresses spread over all loaded files.
  static let symbols = Benchmark(name: "symbols") {
    let images = Symbolizer().images
    var addresses: [UInt64] = []
    while addresses.count < 2_000 {
      for image in images where addresses.count < 2_000 {
        let span = image.end - image.start
        addresses.append(image.start + span / 4 + UInt64(addresses.count) &* 7_919 % max(span / 2, 1))
      }
    }
    var named = 0
    let first = Stopwatch.best(of: 1) {
      var symbolizer = Symbolizer()
      named = symbolizer.symbolize(addresses).count { !$0.isEmpty }
    }
    let again = Stopwatch.best(of: 3) {
      var symbolizer = Symbolizer()
      _ = symbolizer.symbolize(addresses)
    }
    return [
      Row(name: "symbolize 2,000 addresses, first time", value: first, unit: "s", goal: .atMost(0.1)),
      Row(name: "symbolize 2,000 addresses, again", value: again, unit: "s", goal: .atMost(0.1)),
      Row(name: "addresses named of 2,000", value: Double(named), unit: "count", goal: .none),
    ]
  }
}
