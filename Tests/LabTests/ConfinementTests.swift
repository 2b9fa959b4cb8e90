import ChildProcesses
import Foundation
import TestSupport
import Testing

@testable import Keeping

/// What a program is kept within, by the command as its keeper.
struct ConfinementTests {
  private let scratch: TemporaryFolder
  private var confinement: Confinement

  init() throws {
    scratch = try TemporaryFolder()
    confinement = Confinement(folders: [scratch.path])
    confinement.keeper = LabCommand.path
    // However busy the machine is: each test meets the bound that it is about.
    confinement.seconds = 600
  }

  private func run(
    _ script: String, _ change: (inout Confinement) -> Void = { _ in }, onOutput: (ArraySlice<UInt8>) -> Void = { _ in }
  ) throws -> Confinement.Outcome {
    var confinement = confinement
    change(&confinement)
    return try confinement.run(["bash", "-c", script], onOutput: onOutput)
  }

  /// Whether a process of that id runs.
  private func isAlive(_ id: Substring) -> Bool {
    guard let id = pid_t(id), let entry = ProcessTree.Entry(ProcessTree.text(of: "/proc/\(id)/stat")) else {
      return false
    }
    return !entry.hasEnded
  }

  @Test("How it ends is told, and what it prints")
  func endings() throws {
    let plain = try run("echo hello; echo a word >&2; exit 3")
    #expect(plain.ending == .exited(3) && plain.output == Array("hello\n".utf8) && plain.messages == "a word")
    #expect(try run("kill -9 $$").ending == .signalled(SIGKILL))
    // Its last line is the keeper's, whatever the program prints.
    let forged = try run(#"printf '\n{"ending":{"exited":{"_0":0}},"dropped":0}'; exit 4"#)
    #expect(forged.ending == .exited(4) && forged.output.first == 10)
    let missing = try confinement.run(["no-such-program"])
    #expect(missing.ending == .exited(127) && missing.messages == "cannot find the program \"no-such-program\"")
  }

  @Test("What left its group, its session and its parent ends with it")
  func descendants() throws {
    let escape = """
      (setsid sh -c '(setsid sh -c "echo \\$\\$ >two; exec sleep 600" &) ; echo $$ >one; exec sleep 600' &)
      trap '' TERM HUP INT
      until [ -s one ] && [ -s two ]; do sleep 0.01; done
      cat one two
      """
    let run = try run(escape + "; exit 0")
    let ids = String(decoding: run.output, as: UTF8.self).split(separator: "\n")
    #expect(run.ending == .exited(0) && ids.count == 2)
    for id in ids { #expect(!isAlive(id)) }
  }

  @Test("When it is cancelled, and when nobody waits for it any more, all of it ends")
  func cancelled() throws {
    let script = "(setsid sh -c 'echo $$; exec sleep 600' &); exec sleep 600"
    var keeper: pid_t = 0
    var seen = ""
    let outcome = try confinement.run(
      ["bash", "-c", script], onStart: { keeper = $0 },
      onOutput: { piece in
        seen += String(decoding: piece, as: UTF8.self)
        if seen.hasSuffix("\n") { kill(keeper, SIGTERM) }
      })
    #expect(outcome.ending == .cancelled)
    #expect(!isAlive(try #require(seen.split(separator: "\n").first)))

    // The one who waits is killed, and can tell nobody.
    let waiting = """
      import os, subprocess, sys
      kept = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
      print(kept.stdout.readline().decode(), flush=True)
      os.kill(os.getpid(), 9)
      """
    let run = try ChildProcess.run(
      ["python3", "-c", waiting, LabCommand.path] + confinement.arguments(Keeper.mark) + ["bash", "-c", script])
    let id = try #require(String(decoding: run.output, as: UTF8.self).split(separator: "\n").first)
    let deadline = ContinuousClock.now + .seconds(120)
    while isAlive(id), ContinuousClock.now < deadline { usleep(10_000) }
    #expect(!isAlive(id))
  }

  @Test("Its time, its processor time, its memory and its processes have bounds")
  func bounds() throws {
    #expect(try run("sleep 600", { $0.seconds = 0.3 }).ending == .over(.time))
    #expect(try run("while :; do :; done", { $0.processorSeconds = 0.2 }).ending == .over(.processorTime))
    // By many processes, none of which is over it.
    let many = "for i in 1 2 3 4 5 6 7 8; do bash -c 'for ((j = 0; j < 300000; j++)); do :; done'; done; sleep 600"
    #expect(try run(many, { $0.processorSeconds = 1 }).ending == .over(.processorTime))
    #expect(try run("f() { f | f & }; f; sleep 600", { $0.processes = 10 }).ending == .over(.processes))
    let memory = "exec python3 -c 'x = b\"x\" * 300_000_000; import time; time.sleep(600)'"
    #expect(try run(memory, { $0.resident = 100 << 20 }).ending == .over(.memory))
    let asked = try run("exec python3 -c 'x = bytearray(300_000_000)'", { $0.data = 200 << 20 })
    #expect(asked.ending == .exited(1) && asked.messages.contains("MemoryError"))
    #expect(try run("head -c 3000 /dev/zero >big", { $0.file = 2000 }).ending != .exited(0))
  }

  @Test("Of what it prints without end the beginning is kept, and the rest counted")
  func output() throws {
    var most = 0
    let run = try run("head -c 5000000 /dev/zero; head -c 3000 /dev/zero >&2", { $0.output = 1000 }) {
      most += $0.count
    }
    #expect(run.ending == .exited(0) && run.output.count == 1000)
    #expect(run.dropped == 4_999_000 + 2000)
    #expect(most < 1200)
  }

  @Test("It works in its folder, has nothing of this process's open, and writes nowhere else")
  func folder() throws {
    let elsewhere = try TemporaryFolder()
    let held = open(elsewhere.path, O_RDONLY)
    defer { close(held) }
    let run = try run(
      """
      pwd; echo $HOME; echo $TMPDIR; ls /proc/self/fd | wc -l; echo x >here && echo wrote; echo x >/dev/null && echo null
      kill -9 $PPID 2>/dev/null || echo kept; { echo x >"\(elsewhere.file("x"))"; } 2>/dev/null || echo refused
      """)
    let lines = String(decoding: run.output, as: UTF8.self).split(separator: "\n").map(String.init)
    // Those three and the folder that `ls` reads.
    #expect(Array(lines.prefix(6)) == [scratch.path, scratch.path, scratch.path, "4", "wrote", "null"])
    if Self.hasLandlock {
      #expect(lines.contains("refused") && !FileManager.default.fileExists(atPath: elsewhere.file("x")))
    }
  }

  /// Whether the kernel has Landlock, asked of a program that confines itself.
  private static let hasLandlock: Bool = {
    let ask = "import ctypes; print(ctypes.CDLL(None).syscall(444, 0, 0, 1))"
    return (try? Python.run(ask, input: Data())).flatMap { Int(String(decoding: $0, as: UTF8.self).dropLast()) } ?? -1
      > 0
  }()
}
