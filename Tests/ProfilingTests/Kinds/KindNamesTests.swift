import Foundation
import Profiling
import Testing

/// A kind is named in its own room and nowhere else: all others read its description.
@Suite struct KindNamesTests {
  private static let root = #filePath.components(separatedBy: "/Tests/")[0]

  /// Where kinds may be named, and why.
  private static let sanctioned = [
    "Sources/Profiling/Kinds/": "the descriptions themselves, and the list of them",
    "Sources/Profiling/CPU/": "the room of an engine, which asks for its losses by its name",
    "Sources/Profiling/Heap/": "the room of an engine, which serves two kinds",
    "Sources/Profiling/Tasks/": "the room of the table of tasks, which asks for its losses by its name",
    "Sources/Profiling/Serving/": "what is served is looked at engine by engine",
    "Sources/ProfilingHTTP/": "the addresses of Go's net/http/pprof",
    "Sources/lab/Recording/ServingOptions.swift": "what is recorded for those",
    "Sources/Waiting/": "a task may wait, and a mutex be waited for",
    "Sources/Profiling/WaitGraphs/": "the same",
    "Sources/Figures/FigureKind.swift": "a figure is called as what it is drawn from",
    "Sources/Figures/WaitFor/": "the same",
    "Sources/Profiling/Waits/": "the room of two engines, which ask for their losses by their names",
    "Sources/Profiling/TaskLeaks/": "the room of lost tasks, whose samples are called by its name",
    "Sources/Profiling/LeakDetection/": "a block is a piece of the heap, too, and so is a task",
    "Sources/Profiling/Metadata/": "and a closure as C has it",
    "Sources/Leaks/": "the same",
    "Sources/Profiling/Traces/": "the room of the tracer, which errors are told of by its name",
    "Sources/Profiling/Custom/ProfileNames.swift": "a path of Go's that no custom profile may take",
    "Sources/ExecutionTrace/": "what a task waits for may be a task, and what is on a thread",
    "Sources/Profiling/ThreadCreation/": "the room of an engine, which asks for its losses by its name",
    "Sources/Symbolization/Dwarf/": "and a form of what DWARF says",
    "Sources/SiteGenerator/Markdown/": "Markdown has blocks, and lists of tasks",
    "Sources/Scenarios/": "a scenario says under which profiles its fault is seen",
    "Sources/Figures/Tasks/": "what a task waits for may be a task",
    "Sources/Analysis/Traces/": "what a trace tells of is tasks",
    "Sources/Figures/Traces/": "the same",
    "Sources/Figures/View/SlowestFigure.swift": "the same",
    "Sources/lab/Commands/Trace/": "the command is called as the kind that it sums up",
    "Sources/lab/Site/Transcript.swift": "the same",
    "Sources/Analysis/Comparisons/MachineComparison.swift": "what was recorded of a trace is told in events",
    "Sources/lab/Recording/LiveTraceView.swift": "runs the command that is called as the kind that it shows",
    "Sources/lab/Skeletons/ScenarioSkeleton.swift": "as a scenario does",
    "Sources/lab/Skeletons/ChallengeSkeleton.swift": "the same",
    "Sources/lab/Challenging/": "a challenge is judged by several kinds",
    "Sources/lab/Bench/": "each engine has its benchmark",
    "Sources/lab/Site/ReadmeFigure.swift": "names the one capture that the README shows",
    "Sources/Pprof/Model/ValueType.swift": "a word of profile.proto's, by which Go calls processor time",
  ]

  /// A kind's name as a literal, as a case, or as a value that is named alone or of its type.
  private static func names(in line: String, _ kind: String) throws -> Bool {
    guard line.contains(kind) else { return false }
    let code = line.components(separatedBy: "//")[0]
    let (inList, alone) = ("\\bcase ([a-z, ]*[, ])?\(kind)\\b", "(^|[\\s(\\[,?:=]|ProfileKind)\\.\(kind)\\b")
    let isQuoted = ["\"", "'"].contains { code.contains($0 + kind + $0) }
    return try isQuoted || code.contains(Regex(inList)) || code.contains(Regex(alone))
  }

  @Test func onlyTheirOwnRoomsNameThem() throws {
    let sources = URL(fileURLWithPath: Self.root + "/Sources")
    let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
    var met: Set<String> = []
    for case let file as URL in files where file.pathExtension == "swift" {
      let path = String(file.path.dropFirst(Self.root.count + 1))
      let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
      for (number, line) in lines.enumerated() {
        for kind in ProfileKind.all.map(\.name) where try Self.names(in: String(line), kind) {
          guard let place = Self.sanctioned.keys.first(where: path.hasPrefix) else {
            Issue.record("\(path):\(number + 1) names the kind '\(kind)': \(line)")
            continue
          }
          met.insert(place)
        }
      }
    }
    #expect(met == Set(Self.sanctioned.keys), "what names no kind needs no sanction")
  }

  @Test(arguments: [
    "case .cpu: x", "case cpu", "case heap, cpu", "kind == \"cpu\"", "[.cpu]", "f(.cpu, 1)", "ProfileKind.cpu",
  ])
  func isAName(line: String) throws { #expect(try Self.names(in: line, "cpu")) }

  @Test(arguments: [
    "time.cpu", "$0.cpu", "map(\\.cpu)", "// \"cpu\"", "cpu: Double", "\"cpus\"", "case cpuTime", "self.cpu = 1",
  ])
  func isNone(line: String) throws { #expect(try !Self.names(in: line, "cpu")) }
}
