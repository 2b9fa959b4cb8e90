// Plants leaks of known shapes and as many things that are none, then prints the truth and the report as JSON.
//
//   RetainShapes [COUNT] [--text]
import Glibc
import Leaks
import Profiling

@main
struct Program {
  static let shapes = referenceShapes + closureShapes + valueShapes + concurrencyShapes + lostShapes

  static func main() throws {
    try LeakDetector.arm()
    let count = CommandLine.arguments.dropFirst().compactMap { Int($0) }.first ?? 10
    onAnotherThread {
      for control in controls { control.plant() }
      for shape in shapes {
        for _ in 0..<count { shape.plant() }
      }
    }
    precondition(lastSeen.load(ordering: .relaxed) != 0)
    settle()
    let report = try LeakDetector.report()
    if CommandLine.arguments.contains("--text") {
      print(report, terminator: "")
      for problem in deviations(report, count) { print(problem) }
    } else {
      printTruth(count)
      print(String(decoding: report.json, as: UTF8.self), terminator: "")
    }
    fflush(nil)
    // Without the destructors of exit: threads that the controls need still run.
    _exit(0)
  }

  /// What is not as it should be, in lines.
  static func deviations(_ report: LeakReport, _ count: Int) -> [String] {
    let nodes = report.cycles.flatMap(\.nodes) + report.lost.map(\.node)
    var lines: [String] = []
    for shape in shapes {
      for (type, number) in shape.types.sorted(by: { $0.key < $1.key }) {
        let found = nodes.filter { $0.name == type }.reduce(0) { $0 + $1.count }
        if found != number * count { lines.append("RECALL \(shape.name): \(type) \(found) of \(number * count)") }
      }
      if let path = shape.path, !report.cycles.contains(where: { $0.loops.map($0.path(of:)).contains(path) }) {
        lines.append("PATH \(shape.name): \(path)")
      }
    }
    return lines
  }

  /// `{"count": N, "shapes": [{"name": …, "types": {…}, "path": …}]}` on one line.
  private static func printTruth(_ count: Int) {
    let lines = shapes.map { shape in
      let types = shape.types.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \($0.value * count)" }
      let path = shape.path.map { ", \"path\": \"\($0)\"" } ?? ""
      return "{\"name\": \"\(shape.name)\", \"types\": {\(types.joined(separator: ", "))}\(path)}"
    }
    print("{\"count\": \(count), \"shapes\": [\(lines.joined(separator: ", "))]}")
  }
}
