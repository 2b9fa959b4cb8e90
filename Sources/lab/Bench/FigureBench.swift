import Analysis
import Figures
import Pprof

extension Benchmark {
  /// A flame graph of 10,000 frames: time to draw, and bytes a frame.
  static let figures = Benchmark(name: "figures") {
    let profile = SyntheticProfile.make(samples: 380, depth: 30, functions: 3_000)
    let options = try FigureOptions([(name: "nodefraction", value: "0")])
    let input = FigureInput(profile: profile, options: options)
    var figure = try FigureKind.flame.draw(input)
    let seconds = try Stopwatch.best(of: 5) { figure = try FigureKind.flame.draw(input) }
    let frames = figure.body.split(separator: "<i").count - 1
    return [
      Row(name: "flame graph, \(frames) frames", value: seconds * 1e3, unit: "ms", goal: .atMost(100)),
      Row(
        name: "flame graph, bytes a frame", value: Double(figure.body.utf8.count) / Double(max(frames, 1)),
        unit: "bytes", goal: .atMost(120)),
    ]
  }
}
