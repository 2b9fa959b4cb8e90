import Foundation
import Leaks
import TestSupport
import Testing

/// When a scan cannot be made, it says why, and the program lives.
@Suite(.heapProfiler) struct LeakBadDayTests {
  private func output(_ day: String) throws -> String {
    try Tool(path: PlantedShapes(.debug).path).run(["1", "--text", day])
  }

  @Test func withoutArming() throws {
    #expect(try output("--unarmed").contains("error: not every allocation is tracked"))
  }

  @Test("A thread that blocks the signal and runs on is named, and nothing hangs")
  func threadThatDoesNotStop() throws {
    let text = try output("--stubborn")
    #expect(text.contains(#/error: thread \d+ did not stop in time/#))
  }

  @Test("A thread that sleeps with the signal blocked is looked at without its registers, which the report says")
  func threadAsleep() throws {
    let text = try output("--blocked")
    #expect(text.contains("Session.onClose → closure capturing Session → Session"))
    #expect(text.contains("sleeping thread blocks SIGPROF"))
    #expect(!text.contains("Kept"))
    // The stacks of threads that have ended are told from its own.
    #expect(text.contains("Straggler.me → Straggler"))
  }

  @Test("Threads that wake while memory is looked at are held, and nothing that they move is taken for lost")
  func threadsThatWake() throws {
    // On a machine under load they may take turns in not sleeping, which a scan says that it cannot wait for.
    var text = try output("--waking")
    for _ in 0..<100 where text.contains("did not stop in time") { text = try output("--waking") }
    #expect(text.contains("Session.onClose → closure capturing Session → Session"))
    #expect(text.contains("3 sleeping threads block SIGPROF"))
    #expect(!text.contains("Kept"))
  }

  @Test("A main thread that has ended is none that could be stopped")
  func mainThreadEnds() throws {
    let text = try output("--main-ends")
    #expect(text.contains("Session.onClose → closure capturing Session → Session"))
    #expect(!text.contains("error:"))
    #expect(!text.contains("Kept"))
  }

  @Test("Where programs outnumber processors, a thread that waits for one is waited for")
  func busyMachine() throws {
    let burners = try (0..<2 * ProcessInfo.processInfo.activeProcessorCount).map { _ in
      let burner = Process()
      burner.executableURL = URL(fileURLWithPath: "/bin/sh")
      // Ends by itself, should this test be killed.
      burner.arguments = ["-c", "ulimit -t 60; while :; do :; done"]
      try burner.run()
      return burner
    }
    // Not asked to end: children of this process may have that signal blocked.
    defer { for burner in burners { kill(burner.processIdentifier, SIGKILL) } }
    // Five scans with ten threads to be stopped.
    #expect(try !output("--sleepers").contains("error:"))
  }

  @Test("Whoever sleeps while the heap is looked at sleeps on")
  func sleepers() throws {
    #expect(try output("--sleepers") == "awake: 0\n")
  }

  @Test func programWithItsOwnHandler() throws {
    #expect(try output("--own-handler").contains("error: the program handles SIGPROF itself"))
  }

  @Test("While threads and tasks make, move and free objects, the same blocks are leaked as before and after")
  func busyProgram() throws {
    let text = try output("--busy")
    let match = try #require(text.firstMatch(of: #/quiet: (\d+), busy: \[(.*)\]/#))
    #expect(match.2.split(separator: ", ").count == 12)
    #expect(try PlantedShapes.agree(match.2, with: match.1), "\(text)")
  }
}
