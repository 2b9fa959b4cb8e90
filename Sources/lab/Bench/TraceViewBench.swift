import Analysis
import ChildProcesses
import ExecutionTrace
import Foundation
import LocalServer
import Platform
import ScenarioRunning

extension Benchmark {
  /// What one waits for when a trace is opened in the browser, and when one zooms in it: of a merge sort with a task for
  /// every half, recorded here, of about 11 MB and of about 10 million events.
  ///
  /// Where there is a `go`, its own viewer stands beside, with as large a trace of the same sort by Go's tracer.
  static let traceViews = Benchmark(name: "trace views") {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("lab-bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let program = try BuiltProgram("BareTaskingProgram").path
    var rows: [Row] = []
    for (name, size, goal) in [("11 MB", 287_000, 0.5), ("10 million events", 820_000, nil)] as [(String, Int, Double?)]
    {
      let file = folder.appendingPathComponent("\(name).trace").path
      _ = try ChildProcess.output(
        of: [ThisProgram.path, "record", "--profile", "trace", "-o", file, "--", program, "mergeSort", "\(size)"])
      let bytes = try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int ?? 0
      var web: TraceWeb?
      var events = 0
      func page(_ target: String) async throws -> Int {
        let response = await web?.response(to: Request(path: "/", query: URLQuery(target)))
        guard let response, response.status == 200, case .bytes(let page) = response.body else {
          throw LabError.failed("the web view has no page for \(target)")
        }
        return page.count
      }
      func seconds(_ work: () async throws -> Void) async throws -> Double {
        let start = RoundTime.now(CLOCK_MONOTONIC)
        try await work()
        return RoundTime.now(CLOCK_MONOTONIC) - start
      }
      let opening = try await seconds {
        let source = try TraceViews.Source(try TraceFile.read(file))
        events = source.checkpoints.summary.events
        web = TraceWeb(TraceViews(source: source, name: name))
        _ = try await page("")
      }
      let half = try await seconds { _ = try await page("start=1ms&length=200ms") }
      var bytesOfPage = 0
      let near = try await seconds { bytesOfPage = try await page("start=100ms&length=1ms") }
      rows += [
        Row(
          name: "lab trace --http, \(name): to the first page", value: opening, unit: "s",
          goal: goal.map { .atMost($0) } ?? .none),
        Row(name: "lab trace --http, \(name): 200 ms of it", value: half, unit: "s", goal: .none),
        Row(name: "lab trace --http, \(name): 1 ms of it", value: near, unit: "s", goal: .atMost(0.5)),
        Row(
          name: "lab trace --http, \(name): that page", value: Double(bytesOfPage) / 1e6, unit: "MB", goal: .atMost(1)),
        Row(name: "lab trace --http, \(name): its file", value: Double(bytes) / 1e6, unit: "MB", goal: .none),
        Row(name: "lab trace --http, \(name): its events", value: Double(events) / 1e6, unit: "million", goal: .none),
      ]
    }
    let sort = folder.appendingPathComponent("11 MB.trace").path
    return rows + (try GoTracer.with { try $0.viewRows(beside: sort) } ?? [])
  }
}
