import Foundation
import Pprof
import TestSupport
import Testing

@testable import Profiling

@Suite struct ProfileKindTests {
  @Test func namesAndVariablesAreTheirOwn() {
    let kinds = ProfileKind.all
    let names = kinds.flatMap { [$0.name] + $0.otherNames }
    #expect(Set(names).count == names.count)
    #expect(Set(kinds.map(\.variable)).count == kinds.count)
    for kind in kinds {
      #expect(kind.name.wholeMatch(of: /[a-z0-9]{1,31}/) != nil)
      #expect(ProfileKind.named(kind.name)?.variable == kind.variable)
      if let rate = kind.rate { #expect(rate.accepted.contains(rate.usual)) }
    }
    #expect(ProfileKind.named("nothing") == nil)
  }

  /// As Go calls them.
  @Test func aKindMayHaveOtherNames() {
    let kind = ProfileKind.named("goroutine")
    #expect(kind?.name == "task" && kind?.file == "task.pb.gz" && kind?.variable == "LAB_TASKPROFILE")
  }

  @Test func aKindNeedsToSayNoMoreThanWhatItTakes() throws {
    let kind = ProfileKind(name: "trial", summary: "a trial", take: { ProfileRecording(Profile(), samples: 3) })
    #expect(kind.variable == "LAB_TRIALPROFILE")
    #expect(kind.file == "trial.pb.gz")
    #expect(kind.rate == nil && kind.regime == .continuous && kind.lossInStaticSwift(false) == nil)
    try kind.prepare(nil)
    try kind.resume()
    kind.pause()
    #expect(try kind.take().samples == 3)
    // What nothing has begun is what it is at the end.
    #expect(try kind.finish(ProfileKind.WholeRun(rate: 0, beganAt: 0))?.samples == 3)
  }

  /// The C half begins what must run before `main`, by a table of its own; the two say the same.
  @Test func theTableOfTheCHalfAgrees() throws {
    let root = #filePath.components(separatedBy: "/Tests/")[0]
    let table = try String(contentsOfFile: root + "/Sources/CProfilerHooks/base/kinds.def", encoding: .utf8)
    let row =
      #/
      LAB_KIND\((?<name>\w+),\ "(?<variable>\w+)",\ "(?<rate>\w*)",\ (?<usual>[0-9\ <l]+),\ (?<most>[0-9\ <l]+),
      \ (?<crash>true|false),\ \w+\)
      /#
    let rows = table.matches(of: row)
    #expect(!rows.isEmpty && rows.count == table.split(separator: "\n").count { $0.hasPrefix("LAB_KIND(") })
    func number(_ text: Substring) -> Int? {
      let parts = text.replacing("l", with: "").split(separator: " << ").compactMap { Int($0) }
      return parts.count == 2 ? parts[0] << parts[1] : parts.first
    }
    for row in rows {
      let kind = try #require(ProfileKind.named(String(row.name)), "\(row.name)")
      #expect(kind.variable == row.variable)
      #expect((kind.rate == nil) == row.rate.isEmpty)
      guard let rate = kind.rate else { continue }
      #expect(row.rate == "\(row.variable)_RATE")
      #expect(rate.usual == number(row.usual))
      #expect(rate.accepted == 1...(number(row.most) ?? 0))
    }
  }

  @Test func aKindThatNobodyKnowsIsOneLineAtTheEndAndTheProgramRunsOn() throws {
    let folder = try TemporaryFolder()
    let run = try ProfiledRun("plain", environment: ["LAB_NOTHINGPROFILE": folder.file("n.pb.gz")])
    #expect(run.status == 0)
    #expect(run.fact("heavy") > 0)
    #expect(run.complaint.hasPrefix("LAB_NOTHINGPROFILE: there is no such kind of profile; there are: LAB_CPUPROFILE"))
    #expect(run.complaint.filter { $0 == "\n" }.count == 1)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }
}
