import Foundation
import Pprof
import TestSupport
import Testing

/// Stacks where frames are set up and torn down.
@Suite(.serialized, .promptSignals) struct EdgeTests {
  /// Functions so short that samples fall into prologues and epilogues: each stack is held against who calls whom.
  @Test func stacksAreTheCallersThere() throws {
    let folder = try TemporaryFolder()
    let program = URL(fileURLWithPath: ProfiledRun.program).deletingLastPathComponent()
      .appendingPathComponent("EdgeProgram").path
    let run = try ProfiledRun("1500", hertz: 1_000, program: program, profile: folder.file("none"))
    try #require(run.status == 0, "\(run.complaint)")
    let stacks = run.facts["stack", default: []].joined(separator: "\n")
    #expect(run.fact("samples") >= 1_000)
    #expect(run.fact("places") >= 30)
    #expect(run.fact("wrong") == 0, "\(stacks)")
  }
}
