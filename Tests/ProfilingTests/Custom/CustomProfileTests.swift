import Foundation
import Pprof
import Profiling
import TestSupport
import Testing

/// The facts are what a program of known truth says of itself.
@Suite struct CustomProfileTests {
  @Test func valuesAreCountedByWhoAddedThem() throws {
    let run = try ProfiledRun.counting("custom")
    #expect(run.status == 0)
    #expect(run.facts["none"] == ["0"])
    #expect(
      run.facts["refused"] == [
        "'' is no name for a profile: it is empty",
        "'open connections' is no name for a profile: it may hold letters, digits and . _ - / alone",
        "'-x' is no name for a profile: it does not begin with a letter",
        "there is a profile 'heap' already: make it once, and use that one wherever something is added",
        "there is a profile 'goroutine' already: make it once, and use that one wherever something is added",
        "there is a profile 'open-connections' already: make it once, and use that one wherever something is added",
        "'\(String(repeating: "x", count: 65))' is no name for a profile: it is longer than 64 characters",
      ])
    #expect(
      run.facts["twice"] == [
        "'6' is in the profile 'open-connections' already: remove it first, or add what tells the two apart"
      ])
    #expect(run.facts["removed"] == ["true false true false"])
    #expect(run.fact("count") == 8)
    #expect(run.facts["types"] == ["open-connections/count"])
    #expect(run.fact("opened") == 6)
    #expect(run.fact("borrowed") == 2)
    #expect(run.fact("labelled") == 2)
    #expect(run.facts["leaves"] == ["borrow(_:in:),open(_:in:)"])
    #expect(run.facts["comments"] == ["open-connections: 8 held, of 10 that were added"])
    #expect(run.fact("same") == 1)
    #expect(run.facts["all"] == ["a/b.c open-connections"])
    #expect(run.facts["named"] == ["true true"])
  }

  @Test func anyThreadMayAddAndRemove() throws {
    let run = try ProfiledRun.counting("custom-threads")
    #expect(run.facts["lost"] == nil)
    #expect(run.fact("count") == 8_000)
    #expect(run.fact("opened") == 8_000)
  }

  @Test func aForkedChildGoesOnByItself() throws {
    let run = try ProfiledRun.counting("custom-fork")
    #expect(run.fact("child") == 1)
    #expect(run.fact("parent") == 4)
  }

  @Test func noChildHangsOnWhatAnotherThreadHeld() throws {
    let run = try ProfiledRun.counting("custom-storm")
    #expect(run.fact("good") == 50)
    #expect(run.fact("count") == 0)
  }

  @Test func theEnvironmentWritesAllOfThemIntoOneFile() throws {
    let folder = try TemporaryFolder()
    let file = folder.file("c.pb.gz")
    let run = try ProfiledRun.counting("custom-plain", environment: ["LAB_CUSTOMPROFILE": file])
    #expect(run.status == 0 && run.complaint.isEmpty)
    let profile = try Profile(contentsOf: file)
    try profile.checkValid()
    #expect(profile.sampleTypes.map(\.type) == ["connections", "jobs"])
    #expect(profile.count(under: "borrow(_:in:)", value: 0) == 2)
    #expect(profile.count(under: "open(_:in:)", value: 1) == 4)
    #expect(profile.count(under: "", value: 0) + profile.count(under: "", value: 1) == 6)
  }

  @Test func aProgramThatMadeNoneIsToldSoInOneLine() throws {
    let folder = try TemporaryFolder()
    let run = try ProfiledRun.counting("last-act", environment: ["LAB_CUSTOMPROFILE": folder.file("c.pb.gz")])
    #expect(run.status == 0)
    #expect(run.complaint.hasPrefix("LAB_CUSTOMPROFILE: the program has made no custom profile"))
    #expect(run.complaint.filter { $0 == "\n" }.count == 1)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }
}
