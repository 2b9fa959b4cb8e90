import Foundation
import Platform
import TestSupport
import Testing

@testable import lab

/// `lab record --profile trace --http`: a program is looked at while it runs.
@Suite(.serialized, .enabled(if: FileManager.default.fileExists(atPath: TestedProgram.preloaded)))
struct LiveTraceViewTests {
  @Test("What cannot be shown is said before the program runs")
  func refused() throws {
    for (arguments, words) in [
      (["--profile", "trace", "--http", "example.com:80"], "loopback"),
      (["--profile", "trace", "--http", ":", "-o", "t-%n.trace"], "one file is looked at"),
      (["--profile", "trace", "--http", ":", "--hide", "labels"], "no profiles are served"),
    ] {
      let run = try LabCommand.start(["record"] + arguments + ["--", "true"]).finish()
      #expect(run.status == 2 && run.errors.contains(words), "\(run.errors)")
    }
  }

  /// Makes tasks in one function until there is a file `late`, then in another until there is a file `over`.
  private static let program = """
    import Glibc

    @inline(never) func work(_ number: Int) async -> Int {
      await Task.yield()
      return number
    }
    @inline(never) func early() async {
      await withTaskGroup(of: Int.self) { group in
        for number in 0..<20 { group.addTask { await work(number) } }
        await group.waitForAll()
      }
    }
    @inline(never) func late() async {
      await withTaskGroup(of: Int.self) { group in
        for number in 0..<30 { group.addTask { await work(number) } }
        await group.waitForAll()
      }
    }
    func isThere(_ name: String) -> Bool { access(CommandLine.arguments[1] + "/" + name, F_OK) == 0 }
    while !isThere("late") {
      await early()
      usleep(5_000)
    }
    while !isThere("over") {
      await late()
      usleep(5_000)
    }
    exit(3)
    """

  @Test("The timeline shows what the program does by now, and the server ends with the program")
  func live() throws {
    let program = try TestedProgram(swift: Self.program)
    let folder = program.folder
    let file = folder.file("t.trace")
    func tell(_ name: String) { FileManager.default.createFile(atPath: folder.file(name), contents: nil) }
    let run = try program.run(recording: "trace", to: file, options: ["--http", ":"], arguments: [folder.path]) { id in
      // Whatever fails, the program ends.
      defer { for name in ["late", "over"] { tell(name) } }
      try program.wait(for: "token=")
      let said = try String(contentsOfFile: folder.file("errors"), encoding: .utf8)
      let address = try #require(said.split(whereSeparator: \.isWhitespace).last { $0.contains("token=") })
      let visitor = try Visitor(String(address))
      #expect(try visitor.wait { $0.contains("early()") }, "a task of the program is on the timeline")
      #expect(try !visitor.page().contains("late()"))
      tell("late")
      #expect(try visitor.wait { $0.contains("late()") }, "so is what it did later")
      #expect(Self.servers(of: file).count == 1 && kill(id, 0) == 0)
    }
    #expect(run.end == 3 && run.output.isEmpty, "\(run.errors)")
    #expect(run.errors.components(separatedBy: "Serving the web view on").count == 2, "\(run.errors)")
    #expect(run.errors.contains("lab: wrote \(file)"), "\(run.errors)")
    #expect(wait { Self.servers(of: file).isEmpty }, "it leaves no process")
  }

  /// The processes that show a file.
  private static func servers(of file: String) -> [Int32] {
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return entries.compactMap { Int32($0) }.filter { id in
      guard let data = FileManager.default.contents(atPath: "/proc/\(id)/cmdline") else { return false }
      let words = data.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
      return words.contains("--live") && words.contains(file)
    }
  }

  private func wait(until isSo: () throws -> Bool) rethrows -> Bool {
    let deadline = Date(timeIntervalSinceNow: 30)
    while Date() < deadline {
      if try isSo() { return true }
      usleep(50_000)
    }
    return try isSo()
  }

  /// Goes to an address as a browser does, which is sent on and keeps a cookie.
  private struct Visitor {
    private let port: Int
    private let place: String
    private let cookie: String

    init(_ address: String) throws {
      let url = try #require(URLComponents(string: address))
      port = try #require(url.port)
      let entered = try Self.ask(port, "\(url.path)?\(url.query ?? "")", [])
      #expect(entered.hasPrefix("HTTP/1.1 303 "), "\(entered)")
      let lines = entered.components(separatedBy: "\r\n")
      func header(_ name: String) throws -> String {
        let line = try #require(lines.first { $0.lowercased().hasPrefix("\(name): ") })
        return String(line.dropFirst(name.count + 2))
      }
      place = try header("location")
      cookie = String(try header("set-cookie").prefix { $0 != ";" })
    }

    func page() throws -> String { try Self.ask(port, place, ["Cookie: \(cookie)"]) }

    /// Asks until the page is as wanted, a minute at most.
    func wait(until isSo: (String) -> Bool) throws -> Bool {
      let deadline = Date(timeIntervalSinceNow: 60)
      while Date() < deadline {
        if isSo(try page()) { return true }
        usleep(100_000)
      }
      return false
    }

    private static func ask(_ port: Int, _ target: String, _ headers: [String]) throws -> String {
      let client = try LoopbackSocket(port: port)
      let lines = ["GET \(target) HTTP/1.1", "Host: 127.0.0.1:\(port)", "Accept: text/html", "Connection: close"]
      client.send((lines + headers + ["", ""]).joined(separator: "\r\n"))
      return String(decoding: try #require(client.readToEnd()), as: UTF8.self)
    }
  }
}
