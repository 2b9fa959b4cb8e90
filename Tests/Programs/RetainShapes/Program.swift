// Plants leaks of known shapes and as many things that are none, then prints the truth and the report as JSON.
//
//   RetainShapes [COUNT] [--text] [--unarmed | --stubborn | --blocked | --own-handler | --busy | --sleepers
//                        | --waking | --main-ends | --no-reading | --sampled | --young | --vectors
//                        | --loading LIBRARY | --libraries FOLDER] [--without-strays]
//
// Compiled with PLANT_ONLY it only plants and exits, for another tool to look.
import Platform

#if !PLANT_ONLY
  import Leaks
  import Profiling
#endif

@main
struct Program {
  static let shapes =
    referenceShapes + closureShapes + valueShapes + containerShapes + concurrencyShapes + lostShapes
    + genericClosureShapes + genericTypeShapes + bystanderShapes + strayShapes

  static func main() throws {
    let count = CommandLine.arguments.dropFirst().compactMap { Int($0) }.first ?? 10
    #if PLANT_ONLY
      plant(count, withControls: false)
      print(truth(count))
      exit(0)
    #else
      do {
        if !CommandLine.arguments.contains("--unarmed") { try LeakDetector.arm() }
      } catch {
        print("error: \(error)")
        exit(0)
      }
      plant(count, withControls: true)
      if let day = CommandLine.arguments.dropFirst().compactMap({ BadDay(rawValue: $0) }).first { day.begin() }
      if CommandLine.arguments.contains("--vectors") { Vectors.begin() }
      if CommandLine.arguments.contains("--sampled-libraries") { try CPUProfiler.start(rate: .hertz(1000)) }
      if let folder = argument(after: "--libraries") { Libraries.run(in: folder) }
      if let library = argument(after: "--loading") { Libraries.loadAndUnload(library) }
      if CommandLine.arguments.contains("--sampled") { try CPUProfiler.start(rate: .hertz(1000)) }
      if CommandLine.arguments.contains("--main-ends") { MainThread.leave() }
      do {
        if CommandLine.arguments.contains("--young") {
          try Young.report()
          fflush(nil)
          _exit(0)
        }
        let report = try LeakDetector.report(patience: .milliseconds(300))
        // Names are read from memory: no code of the program runs to make a report.
        precondition(!asked.load(ordering: .relaxed))
        if CommandLine.arguments.contains("--sampled") {
          try Sampled.scanAgain(report)
        } else if argument(after: "--loading") != nil {
          let counts = try (0..<12).map { _ in try LeakDetector.report().scan.leakedBlocks }
          print("still: \(report.scan.leakedBlocks), loading: \(counts)")
        } else if CommandLine.arguments.contains("--busy") {
          Busy.start()
          let counts = try (0..<12).map { _ in try LeakDetector.report().scan.leakedBlocks }
          print("quiet: \(report.scan.leakedBlocks), busy: \(counts)")
        } else if CommandLine.arguments.contains("--sleepers") {
          Sleepers.start()
          for _ in 0..<5 { _ = try LeakDetector.report() }
          print("awake: \(Sleepers.awake())")
        } else if CommandLine.arguments.contains("--text") {
          print(report, terminator: "")
        } else {
          print(truth(count))
          print(String(decoding: report.json, as: UTF8.self), terminator: "")
        }
      } catch {
        print("error: \(error)")
      }
      fflush(nil)
      // Without the destructors of exit: threads that the controls need still run.
      _exit(0)
    #endif
  }

  private static func argument(after flag: String) -> String? {
    guard let index = CommandLine.arguments.firstIndex(of: flag) else { return nil }
    return CommandLine.arguments.dropFirst(index + 1).first
  }

  private static func plant(_ count: Int, withControls: Bool) {
    onAnotherThread {
      if withControls {
        for control in controls + bystanderControls + strayControls { control.plant() }
      }
      let leavesOutStrays = CommandLine.arguments.contains("--without-strays")
      for shape in leavesOutStrays ? Array(shapes.dropLast(strayShapes.count)) : shapes {
        for _ in 0..<count { shape.plant() }
      }
    }
    precondition(lastSeen.load(ordering: .relaxed) != 0)
    settle()
  }

  /// `{"count": N, "shapes": [{"name": …, "types": {…}, "path": …}]}` on one line.
  private static func truth(_ count: Int) -> String {
    let lines = shapes.map { shape in
      let types = shape.types.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \($0.value * count)" }
      let path = shape.path.map { ", \"path\": \"\($0)\"" } ?? ""
      return "{\"name\": \"\(shape.name)\", \"types\": {\(types.joined(separator: ", "))}\(path)}"
    }
    return "{\"count\": \(count), \"shapes\": [\(lines.joined(separator: ", "))]}"
  }
}
