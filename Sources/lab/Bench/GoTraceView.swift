import ChildProcesses
import Foundation
import Platform
import ScenarioRunning

extension GoTracer {
  /// What one waits for when `go tool trace` opens a trace of such a sort, of as many bytes and fewer numbers: to its first page, which has
  /// links to parts of the trace, and to the data from which its viewer then draws the first of them; and how many times as
  /// long that is as what `lab trace` takes from its start to the page with a timeline.
  /// - Parameter ours: The trace that `lab trace` opens.
  func viewRows(beside ours: String) throws -> [Benchmark.Row] {
    let file = folder.appendingPathComponent("sort.trace").path
    _ = try ChildProcess.output(of: [program, "sort", "230000", file])
    let bytes = try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int ?? 0
    // Go builds its tools when they are asked for first.
    let tool = try ChildProcess.output(of: ["go", "tool", "-n", "trace"])
      .trimmingCharacters(in: .whitespacesAndNewlines)
    guard !tool.isEmpty, bytes > 0 else { return [] }
    func lab() throws -> Double {
      try Self.serving(
        "exec \"$0\" trace \"$1\" --http : --no-browser 2>&1", [ThisProgram.path, ours]
      ) { server, start in
        _ = try Self.body(server.replacing("/?", with: "/timeline?"))
        return RoundTime.now(CLOCK_MONOTONIC) - start
      }
    }
    var labs = [try lab()]
    let go = try Self.serving("BROWSER=true exec \"$0\" -http=127.0.0.1:0 \"$1\" 2>&1", [tool, file]) {
      try GoPages($0, since: $1)
    }
    labs.append(try lab())
    let mean = (labs[0] + labs[1]) / 2
    func row(_ what: String, _ value: Double, _ unit: String) -> Benchmark.Row {
      .init(name: "go tool trace, 11 MB: \(what), by \(version)", value: value, unit: unit, goal: .none, peer: version)
    }
    return [
      .init(name: "lab trace --http, 11 MB: its process, to the first page", value: mean, unit: "s", goal: .none),
      row("to its page of links", go.page, "s"), row("to the data of its first part", go.data, "s"),
      row("that data", Double(go.bytes) / 1e6, "MB"), row("its parts", Double(go.parts), "parts"),
      row("its file", Double(bytes) / 1e6, "MB"),
      row("to its page of links, against lab trace", go.page / mean, "ratio"),
      row("to the data of its first part, against lab trace", go.data / mean, "ratio"),
    ]
  }

  /// Runs a server until something has been asked of it.
  /// - Parameters:
  ///   - script: for a shell, which becomes the server; it is given the arguments from `$0` on.
  ///   - body: is given the address that the server prints, and when it was started, in seconds.
  private static func serving<Result>(
    _ script: String, _ arguments: [String], _ body: (_ server: String, _ start: Double) throws -> Result
  ) throws -> Result {
    let start = RoundTime.now(CLOCK_MONOTONIC)
    var (process, told): (pid_t, String) = (0, "")
    var result: Swift.Result<Result, any Error>?
    _ = try ChildProcess.run(
      ["sh", "-c", script] + arguments, limit: .seconds(600), onStart: { process = $0 }
    ) { output in
      told += String(decoding: output, as: UTF8.self)
      // The line is whole.
      guard result == nil, let url = told.firstMatch(of: /(http:\/\/127\.0\.0\.1:\d+\S*)\s/) else { return }
      result = Swift.Result { try body(String(url.1), start) }
      kill(process, SIGTERM)
    }
    guard let result else { throw LabError.cannotMeasure("\(arguments[0]) did not say where it serves: \(told)") }
    return try result.get()
  }

  /// What Go's server had, and when, in seconds.
  private struct GoPages {
    var page, data: Double
    var bytes, parts: Int

    init(_ server: String, since start: Double) throws {
      // Whatever has no page of its own has the first one.
      let links = String(decoding: try GoTracer.body(server + "/links"), as: UTF8.self)
      page = RoundTime.now(CLOCK_MONOTONIC) - start
      let views = links.matches(of: /href="\/trace\?(view=proc[^"]*)"/).map { $0.1.replacing("&amp;", with: "&") }
      guard let first = views.first else { throw LabError.cannotMeasure("go tool trace has no link to a timeline") }
      parts = views.count
      bytes = try GoTracer.body("\(server)/jsontrace?\(first)").count
      data = RoundTime.now(CLOCK_MONOTONIC) - start
    }
  }

  private static func body(_ address: String) throws -> [UInt8] {
    guard let url = ProfileURL(address, timeout: 600) else {
      throw LabError.cannotMeasure("\(address) is no address")
    }
    return try HTTPClient().body(of: url)
  }
}
