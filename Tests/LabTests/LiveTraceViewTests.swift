import Foundation
import TestSupport
import Testing

@testable import lab

/// `lab record --profile trace --http`: a program is looked at while it runs.
@Suite(.enabled(if: FileManager.default.fileExists(atPath: TestedProgram.preloaded)))
struct LiveTraceViewTests {
  @Test("What cannot be shown is said before the program runs")
  func refused() throws {
    for (arguments, words) in [
      (["--profile", "trace", "--http", ":", "--rates", "leaks"], "no profiles are served"),
      (["--profile", "trace", "--http", "example.com:80"], "loopback"),
      (["--profile", "trace", "--http", ":", "-o", "t-%n.trace"], "one file is looked at"),
    ] {
      let run = try LabCommand.start(["record"] + arguments + ["--", "true"]).finish()
      #expect(run.status == 2 && run.errors.contains(words), "\(run.errors)")
    }
  }
}
