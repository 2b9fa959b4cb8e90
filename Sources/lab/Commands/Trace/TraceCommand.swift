import Analysis
import ArgumentParser
import ExecutionTrace
import Figures
import Foundation

/// `lab trace`: what an execution trace tells, in words or as JSON.
struct TraceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace", abstract: "Tells what happened in an execution trace.",
    discussion: """
      lab trace t.trace
      lab trace t.trace --start 62ms --length 1ms
      lab trace t.trace --json | jq .findings
      lab trace t.trace --http :
      lab trace t.trace --perfetto t.perfetto-trace
      lab trace t.trace --pprof sync -o sync.pb.gz

      A summary tells how much of the processors' time tasks ran, who made the tasks, for how long these ran, were ready \
      for want of a thread and waited for what; regions and user tasks; and what was found, each with the bound that it \
      has passed and the lesson that tells more. A window counts what lies in it, and no more. Percentiles may be off by \
      1.6 %.

      The same window is drawn by: lab figure 't.trace?view=timeline&start=62ms&length=1ms' -o window.svg
      """)

  @Argument(help: "The trace.") var file: String
  @Flag(help: "Print the summary, as without any option.") var summary = false
  @Flag(help: "Print the same numbers as JSON; times are nanoseconds.") var json = false
  @Option(help: ArgumentHelp("Where the window begins, e.g. 62ms; the trace's start if not given.", valueName: "time"))
  var start: String?
  @Option(help: ArgumentHelp("How long it is, e.g. 1ms; up to the trace's end if not given.", valueName: "time"))
  var length: String?
  @Option(help: ArgumentHelp("Tell tasks apart by a label's values, not by who made them.", valueName: "key"))
  var label: String?

  @Option(
    help: ArgumentHelp(
      "Show it in the browser: :PORT, or : for any free port. This machine alone is served.", valueName: "address"))
  var http: String?
  @Flag(help: "Open no browser, print the address alone.") var noBrowser = false
  @Flag(help: "With --http: the file is still written to. Its end is shown, and shown anew.") var live = false
  @Option(help: ArgumentHelp("With --live: end when this process does.", visibility: .hidden)) var program: Int32?
  @Option(help: ArgumentHelp("Write a file for ui.perfetto.dev.", valueName: "file")) var perfetto: String?
  @Option(
    help: ArgumentHelp(
      "Write a profile of the window to -o: sched (waits for a thread), sync (waits for one another), syscall, run, cpu.",
      valueName: "kind"))
  var pprof: TraceProfile?
  @Option(help: ArgumentHelp("Write the timeline as one HTML file that zooms.", valueName: "file")) var save: String?
  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("Where --pprof writes; KIND.pb.gz if not given.", valueName: "file"))
  var outputFile: String?

  func run() throws {
    if let http { try serve(at: http) }
    if perfetto != nil || pprof != nil || save != nil { return try export() }
    print(try output(), terminator: "")
  }

  /// The trace and the part of it that is asked for.
  func traceAndWindow() throws -> (Trace, TraceWindow) {
    let (start, length) = (try time(start, "--start"), try time(length, "--length"))
    let trace = try TraceFile.read(file)
    do throws(TraceWindowError) { return (trace, try TraceWindow(of: trace, start: start, length: length)) } catch {
      throw error == .emptyTrace ? LabError.failed("\(file): \(error)") : LabError.usage("\(file): \(error)")
    }
  }

  /// What it prints.
  func output() throws -> String {
    if summary, json { throw LabError.usage("--summary and --json are two forms of the same; ask for one") }
    let (trace, window) = try traceAndWindow()
    let told = TraceSummary(trace, in: window, label: label)
    if json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      return String(decoding: try encoder.encode(TraceFields(told, trace)), as: UTF8.self) + "\n"
    }
    return told.text(title: Self.title(trace, told))
  }

  private func time(_ text: String?, _ option: String) throws -> Int64? {
    guard let text else { return nil }
    guard let time = TraceTime.parse(text) else {
      throw LabError.usage("\(option) \(text) is no time; write 62ms, 1.5s or 20us")
    }
    return time
  }

  private static func title(_ trace: Trace, _ summary: TraceSummary) -> String {
    let name = trace.program.split(separator: "/").last.map { "\($0), " } ?? ""
    let events = Measurement(Double(summary.events), .count, meaning: "").text
    let length = TraceTime.text(trace.duration).replacing("\u{A0}", with: " ")
    return "\(name)\(length), \(events) events" + (trace.clock.isEmpty ? "" : ", by \(trace.clock)")
  }
}
