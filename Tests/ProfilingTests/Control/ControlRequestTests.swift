import TestSupport
import Testing

@testable import Profiling

@Suite struct ControlRequestTests {
  @Test func everyKindMayBeAskedFor() throws {
    for kind in ProfileKind.all {
      let request = try ControlRequest("profile=\(kind.name)")
      #expect(request.kind.name == kind.name && request.fileName == kind.file)
      #expect(request.view == nil && request.rate == nil && request.duration == nil)
      for view in kind.views { #expect(try ControlRequest("profile=\(kind.name) view=\(view.name)").view != nil) }
      let timed = try? ControlRequest("profile=\(kind.name) duration=1500000000 file=.txt")
      #expect((timed != nil) == (kind.capture.begin != nil))
      if let timed { #expect(timed.duration == .milliseconds(1500) && timed.fileName == ".txt") }
    }
  }

  @Test(arguments: [
    "", "profile", "profile=", "profile=nothing", "profile=cpu profile=cpu", "profile=cpu rate=0", "profile=cpu rate=x",
    "profile=cpu rate=1001", "profile=cpu duration=0", "profile=cpu duration=-5", "profile=cpu duration=86400000000001",
    "profile=cpu duration=99999999999999999999", "profile=cpu view=dump", "profile=leaks rate=1",
    "profile=heap duration=5",
    "profile=cpu colour=red", "profile=cpu 5", "=cpu",
  ])
  func whatMakesNoSenseIsRefusedInWords(line: String) {
    #expect(throws: ControlRequest.Refusal.self) { try ControlRequest(line) }
  }

  @Test func whateverComesIsReadOrRefused() {
    var random = SystemRandomNumberGenerator()
    let words = [
      "profile", "=", "cpu", "duration", "rate", "view", " ", "9", "-", "file", "\u{0}", "\u{1F980}", "task", "dump",
    ]
    for _ in 0..<5_000 {
      let line = (0..<Int.random(in: 0...12, using: &random)).map { _ in words.randomElement(using: &random) ?? "" }
        .joined()
      if let request = try? ControlRequest(line) { #expect(line.contains("profile=\(request.kind.name)")) }
    }
  }
}
