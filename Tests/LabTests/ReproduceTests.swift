import Analysis
import Foundation
import Scenarios
import SiteGenerator
import TestSupport
import Testing

@testable import lab

struct ReproduceTests {
  @Test("A page's claims and figures are found in the order written, each once, and what has to be run for them")
  func pageEvidence() throws {
    let folder = try TemporaryFolder()
    try """
    # One

    [5](claim:retain-cycles/faulty/leaks?value=cycle-shapes&within=5), [again](claim:retain-cycles/faulty/leaks?value=cycle-shapes&within=5)

    ![Rounds](<figure:leaky-producers/faulty/heap-6?view=growth> "Figure 3")

    [2](claim:deadlock/faulty/waitfor?value=stuck&within=3)
    """.write(toFile: folder.file("one.md"), atomically: true, encoding: .utf8)
    try "# Two\n\n[0](claim:retain-cycles/fixed/leaks?value=cycles&within=0)\n"
      .write(toFile: folder.file("two.md"), atomically: true, encoding: .utf8)
    let page = try PageEvidence(of: "one.md", content: folder.path)
    #expect(page.claims.map(\.capture) == ["retain-cycles/faulty/leaks", "deadlock/faulty/waitfor"])
    #expect(page.figures.map(\.title) == ["Figure 3"])
    #expect(
      page.runs.map { "\($0.scenario.id) \($0.kind)" }
        == ["retain-cycles leaks", "deadlock waitfor", "leaky-producers heap"])
    let scenario = try PageEvidence(ofScenario: "retain-cycles", content: folder.path)
    #expect(scenario.claims.map(\.capture) == ["retain-cycles/faulty/leaks", "retain-cycles/fixed/leaks"])
    #expect(scenario.figures.isEmpty)
  }

  @Test("Every claim is measured on both, and what does not hold here, moved or is missing is told apart")
  func outcomes() throws {
    let page = try PageEvidence(ofScenario: "retain-cycles")
    let published = CaptureLibrary(usesLocal: false)
    let same = try Reproduction(page, published: published, here: published)
    #expect(same.rows.count == page.claims.count && same.rows.count > 3)
    #expect(same.hasSameShape && same.rows.allSatisfy { $0.outcome == .same && $0.here == $0.published })
    #expect(same.machines.isEmpty)
    #expect(same.text.hasPrefix("Same shape: all \(same.rows.count) claims hold here.\n"))

    // Where the fault is mended its claims fail.
    let mended = try Reproduction(page, published: published, here: Exchanged(variant: "fixed"))
    let cycles = try #require(mended.rows.first { $0.bound == "exactly 1,000" })
    #expect(cycles.published == "1,000" && cycles.here == "0" && cycles.outcome == .differs)
    #expect(!mended.hasSameShape)
    #expect(mended.text.hasPrefix("Not the same shape: \(mended.holding) of \(mended.rows.count) claims hold here.\n"))

    let nothing = try Reproduction(page, published: published, here: Exchanged(variant: nil))
    #expect(nothing.holding == 0)
    #expect(nothing.rows.allSatisfy { if case .missing = $0.outcome { true } else { false } })
  }

  @Test("What is sampled may move within its bound: by chance, or by more")
  func moves() throws {
    let claim = ClaimReference(
      capture: "kafka-decode/faulty/cpu",
      parameters: [
        .init(name: "value", value: "share"), .init(name: "function", value: "CRC32C.checksum"),
        .init(name: "within", value: "1%..99%"),
      ])
    var page = try PageEvidence(ofScenario: "none")
    page.claims = [claim]
    let published = CaptureLibrary(usesLocal: false)
    let row = try #require(
      try Reproduction(page, published: published, here: Exchanged(variant: "fixed")).rows.first)
    // Three times the share, for two thirds of the rest are gone.
    #expect(row.outcome == .moved)
  }

  @Test("A scenario is run here, told in words and drawn beside what was published")
  func command() throws {
    let folder = try TemporaryFolder()
    let environment = ["LAB_HASTY": "1", "LAB_DIRECTORY": folder.path]
    let run = try LabCommand.start(["reproduce", "retain-cycles", "--strict"], environment: environment).finish()
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("Same shape: all"))
    let page = try String(contentsOfFile: folder.file("reproduced/retain-cycles.html"), encoding: .utf8)
    #expect(page.components(separatedBy: "<figcaption>Published</figcaption>").count > 1)
    #expect(!page.contains("class=\"failed\"") && !page.contains("<script"))
    // A second time nothing has to be run.
    let again = try LabCommand.start(["reproduce", "retain-cycles", "--json"], environment: environment).finish()
    #expect(again.status == 0 && !again.errors.contains("ran "))
    let answer = try #require(
      try JSONSerialization.jsonObject(with: Data(again.output.utf8)) as? [[String: Any]])
    #expect(answer.first?["sameShape"] as? Bool == true)
    #expect((answer.first?["claims"] as? [Any])?.isEmpty == false)
  }

  @Test("What is no lesson and no scenario is named with what there is")
  func unknown() throws {
    let run = try LabCommand.run("reproduce", "nothing")
    #expect(run.status == 2)
    #expect(run.errors.contains("no lesson or scenario 'nothing'; lessons are index, 1, 2"))
  }
}

/// Published captures, of one variant whichever is asked for; of none: nothing.
private struct Exchanged: CaptureSource {
  let variant: String?
  private let library = CaptureLibrary(usesLocal: false)

  init(variant: String?) { self.variant = variant }

  func named(_ name: CaptureName) throws -> Capture {
    guard let variant else { throw LabError.failed("nothing was made here") }
    return try library.named(name.with(variant: variant))
  }

  func both(_ name: CaptureName) throws -> (published: Capture?, local: Capture?) { (nil, nil) }
}
