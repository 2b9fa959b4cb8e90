import Foundation
import Testing

@testable import ChildProcesses

@Suite struct ChildProcessTests {
  @Test("What goes in, what comes out, and how it ended")
  func plainRun() throws {
    let text = String(repeating: "a line\n", count: 100_000)
    let run = try ChildProcess.run(
      ["sh", "-c", "cat; echo ' a word ' >&2; exit 7"], input: .bytes(Array(text.utf8)))
    #expect(run.ending == .exited(7))
    #expect(run.output == Array(text.utf8))
    #expect(run.messages == "a word")
    let killed = try ChildProcess.run(["sh", "-c", "kill -9 $$"])
    #expect(killed.ending == .signalled(SIGKILL))
    let output = try ChildProcess.output(of: ["sh", "-c", "cat; echo more; exit 1"])
    #expect(output == "more\n")
  }

  @Test("Output comes piece by piece")
  func pieces() throws {
    // The second comes when the first has been seen.
    let gate = FileManager.default.temporaryDirectory.appendingPathComponent("gate-\(UUID().uuidString)").path
    try #require(mkfifo(gate, 0o600) == 0)
    defer { unlink(gate) }
    var pieces: [String] = []
    let command = ["sh", "-c", "echo a; read line < \(gate); echo b"]
    _ = try ChildProcess.run(
      command,
      onOutput: { piece in
        pieces.append(String(decoding: piece, as: UTF8.self))
        guard pieces.count == 1 else { return }
        let descriptor = open(gate, O_WRONLY)
        _ = write(descriptor, "\n", 1)
        close(descriptor)
      })
    #expect(pieces == ["a\n", "b\n"])
  }

  @Test("A program over its time is killed, whether it holds its output or has closed it")
  func timeLimit() throws {
    for command in ["exec sleep 60", "exec >&-; exec sleep 60"] {
      let start = ContinuousClock.now
      let run = try ChildProcess.run(["sh", "-c", "exec 2>&-; \(command)"], limit: .milliseconds(200))
      #expect(run.ending == .overTime)
      #expect(start.duration(to: .now) < .seconds(30))
    }
  }

  @Test("A lifeline stays open as long as the program runs, and nothing comes out of it")
  func lifeline() throws {
    let run = try ChildProcess.run(["sh", "-c", "timeout 0.2 cat; test $? = 124 && echo waits"], input: .lifeline)
    #expect(String(decoding: run.output, as: UTF8.self) == "waits\n")
  }

  @Test("A program has all signals, also if the thread that starts it blocks them")
  func signals() throws {
    var all = sigset_t()
    var former = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &former)
    defer { pthread_sigmask(SIG_SETMASK, &former, nil) }
    let run = try ChildProcess.run(["sh", "-c", "kill -TERM $$; exit 0"])
    #expect(run.ending == .signalled(SIGTERM))
  }

  @Test func missingProgramsAreTold() {
    #expect(throws: ChildProcessError.notFound(program: "no-such-program")) {
      _ = try ChildProcess.run(["no-such-program"])
    }
    #expect(ChildProcessError.notFound(program: "dot").description == "cannot find the program \"dot\"")
  }
}
