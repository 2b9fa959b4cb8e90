import Foundation
import Synchronization
import TestSupport
import Testing

/// What a page lets one copy runs as it is printed: every command of every page, in order, from an empty folder.
@Suite struct ConsoleBlocksTests {
  /// Commands that are not run, and why.
  private static let passedOver = [
    "./lab build": "runs every scenario in every variant, for minutes",
    "./lab build    # runs the scenarios under the profiler, writes Site/public/index.html": "the same",
    "./lab test     # runs all tests": "runs this test",
    "./lab bench": "measures for minutes",
    "go tool pprof -http=: kafka.pb.gz": "opens a browser, and serves until it is stopped",
    "./lab pprof --http : kafka.pb.gz": "the same",
  ]

  private static let root = #filePath.components(separatedBy: "/Tests/")[0]

  /// The README, the first page and the lessons, as paths from the package's root.
  private static let pages: [String] = {
    let lessons = (try? FileManager.default.contentsOfDirectory(atPath: root + "/Content/lessons")) ?? []
    return ["README.md", "Content/index.md"] + lessons.sorted().map { "Content/lessons/" + $0 }
  }()

  private static func commands(of page: String) throws -> [ConsoleBlocks.Command] {
    ConsoleBlocks(page: try String(contentsOfFile: "\(root)/\(page)", encoding: .utf8)).commands
  }

  /// An empty folder, but for `./lab`, which measures as little as it can. What it captures without `-o` stays here too.
  private static func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let script = "#!/bin/sh\nLAB_HASTY=1 LAB_DIRECTORY='\(folder.path)/.lab' exec '\(LabCommand.path)' \"$@\"\n"
    try script.write(toFile: folder.file("lab"), atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.file("lab"))
    return folder
  }

  /// Runs commands in one shell, up to the first that fails; returns what they print, and which one failed and how.
  private static func run(_ commands: [ConsoleBlocks.Command], in folder: TemporaryFolder) throws -> (
    status: Int32, output: String, failure: String
  ) {
    var script = "set -o pipefail\n"
    for command in commands {
      let text = command.text.hasSuffix("\n") ? command.text : command.text + "\n"
      script += text
      script +=
        "status=$?; [ $status = 0 ] || { echo \"line \(command.line): exit code $status\" >failure; exit $status; }\n"
    }
    try script.write(toFile: folder.file("commands"), atomically: true, encoding: .utf8)
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/bin/bash")
    shell.arguments = ["commands"]
    shell.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    shell.standardInput = FileHandle.nullDevice
    let output = folder.file("output")
    try Data().write(to: URL(fileURLWithPath: output))
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
    shell.standardOutput = handle
    shell.standardError = handle
    try shell.run()
    shell.waitUntilExit()
    let failure = (try? String(contentsOfFile: folder.file("failure"), encoding: .utf8)) ?? ""
    return (shell.terminationStatus, try String(contentsOfFile: output, encoding: .utf8), failure)
  }

  @Test("Every command of every page runs; those of Go where there is Go")
  func everyCommandRuns() throws {
    let pages = Self.pages
    #expect(pages.count >= 6)
    let failures = Mutex<[String]>([])
    // Pages know nothing of one another: as many at once as there are processors.
    DispatchQueue.concurrentPerform(iterations: pages.count) { index in
      let failure: String
      do {
        let commands = try Self.commands(of: pages[index])
        let run = commands.filter { command in
          Self.passedOver[command.text.trimmingCharacters(in: .newlines)] == nil
            && (Tool("go") != nil || !command.text.hasPrefix("go "))
        }
        let result = try Self.run(run, in: Self.folder())
        failure =
          commands.isEmpty ? "no command" : result.status == 0 ? "" : result.failure + result.output.suffix(2000)
      } catch {
        failure = "\(error)"
      }
      if !failure.isEmpty { failures.withLock { $0.append("\(pages[index]), \(failure)") } }
    }
    #expect(failures.withLock { $0 } == [])
  }

  @Test("What is passed over is shown on some page")
  func nothingIsPassedOverInVain() throws {
    let shown = try Self.pages.flatMap(Self.commands).map { $0.text.trimmingCharacters(in: .newlines) }
    #expect(Set(Self.passedOver.keys).subtracting(shown) == [])
  }

  @Test func commandsAreFoundAsTheyStand() {
    let page = """
      Text with `./lab list` and `lab x`.

      ```console title="a"
      $ one \\
        two
      out
      $ three
      ```

      ```swift
      $ no
      ```

      - item

        ```console
        $ cat <<END
        x
        END
        ```
      """
    #expect(
      ConsoleBlocks(page: page).commands == [
        .init(text: "./lab list", line: 1), .init(text: "one \\\n  two\n", line: 4), .init(text: "three", line: 7),
      ])
  }

  @Test("A command that fails, in a pipe too, fails the page, and so does a file that nothing made")
  func failuresAreSeen() throws {
    func run(_ block: String) throws -> (status: Int32, output: String, failure: String) {
      try Self.run(ConsoleBlocks(page: "```console\n\(block)\n```").commands, in: Self.folder())
    }
    #expect(try run("$ ./lab --help\n$ echo 'a|b'").status == 0)
    let piped = try run("$ ./lab --help|no-such-command\n$ echo on")
    #expect(piped.status == 127 && piped.failure == "line 2: exit code 127\n" && !piped.output.contains("on\n"))
    #expect(try run("$ false | true").status == 1)
    let missing = try run("$ ./lab pprof -top gone.pb.gz")
    #expect(missing.status != 0 && missing.output.contains("gone.pb.gz"))
    #expect(try run("$ cd .. && pwd >/dev/null\n$ ./lab --help").status != 0)
  }
}
