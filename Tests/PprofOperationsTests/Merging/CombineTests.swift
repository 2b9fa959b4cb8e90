import Pprof
import PprofOperations
import Testing
import TestSupport

@Suite struct CombineTests {
  @Test func onlyCommonTypesInTheFirstOnesOrder() throws {
    var first = ProfileBuilder("objects/count", "space/bytes", "own/count")
    first.profile.defaultSampleType = "own"
    first.add("a", 1, 10, 5)
    var second = ProfileBuilder("space/bytes", "objects/count")
    second.profile.defaultSampleType = "space"
    second.add("a", 100, 2)
    let combined = try Profile.combine([first.profile, second.profile])
    #expect(combined.sampleTypes.map(\.type) == ["objects", "space"])
    #expect(combined.foldedStacks == ["a: 3 110"])
    #expect(combined.defaultSampleType == "objects")
  }

  @Test func unitsBecomeTheFinest() throws {
    var first = ProfileBuilder("cpu/milliseconds")
    first.profile.periodType = ValueType(type: "cpu", unit: "ms")
    first.profile.period = 10
    first.add("a", 3)
    var second = ProfileBuilder("cpu/ns")
    second.profile.periodType = ValueType(type: "cpu", unit: "us")
    second.profile.period = 7000
    second.add("a", 5)
    let combined = try Profile.combine([first.profile, second.profile])
    #expect(combined.sampleTypes == [ValueType(type: "cpu", unit: "ns")])
    #expect(combined.periodType == ValueType(type: "cpu", unit: "us") && combined.period == 10_000)
    #expect(combined.foldedStacks == ["a: 3000005"])
  }

  @Test func oneProfileStaysAsItIs() throws {
    #expect(try Profile.combine([.full]) == .full)
    #expect(throws: ProfileError.nothingToMerge) { try Profile.combine([]) }
  }

  @Test func nothingInCommon() {
    let cpu = Profile(sampleTypes: [ValueType(type: "cpu", unit: "ns")])
    let space = Profile(sampleTypes: [ValueType(type: "space", unit: "bytes")])
    let strange = Profile(sampleTypes: [ValueType(type: "cpu", unit: "bytes")])
    #expect(throws: ProfileError.incompatible(what: "sample types", "[cpu/ns]", "[space/bytes]")) {
      try Profile.combine([cpu, space])
    }
    #expect(throws: ProfileError.incompatible(what: "sample types", "cpu/ns", "cpu/bytes")) {
      try Profile.combine([cpu, strange])
    }
  }

  private func beforeAndAfter() -> (before: Profile, after: Profile) {
    var before = ProfileBuilder("space/bytes")
    before.add("main;grows", 10)
    before.add("main;same", 5)
    before.add("main;gone", 1)
    var after = ProfileBuilder("space/bytes")
    after.add("main;grows", 25)
    after.add("main;same", 5)
    after.add("main;new", 2)
    return (before.profile, after.profile)
  }

  @Test func differenceIsSourceLessBase() throws {
    let (before, after) = beforeAndAfter()
    let difference = try after.difference(from: before)
    #expect(difference.foldedStacks == ["main;grows: 15", "main;new: 2", "main;gone: -1"])
  }

  @Test func labelledDifferenceKeepsBothSides() throws {
    let (before, after) = beforeAndAfter()
    let difference = try after.difference(from: before, isLabelled: true)
    #expect(difference.samples.filter { !$0.isDiffBase }.map(\.values) == [[25], [5], [2]])
    #expect(difference.samples.filter(\.isDiffBase).map(\.values) == [[-10], [-5], [-1]])
  }

  @Test func normalizedDifferenceComparesShares() throws {
    let (before, after) = beforeAndAfter()
    // 32 bytes are scaled to 16: 12.5 becomes 13, 2.5 becomes 3.
    let difference = try after.difference(from: before, isNormalized: true)
    #expect(difference.foldedStacks == ["main;grows: 3", "main;same: -2", "main;new: 1", "main;gone: -1"])
  }
}
