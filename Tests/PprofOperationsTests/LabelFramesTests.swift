import Pprof
import PprofOperations
import Testing
import TestSupport

@Suite struct LabelFramesTests {
  private let profile: Profile

  init() {
    var builder = ProfileBuilder("samples/count")
    let sizes = [NumericLabel(value: 2048, unit: "bytes"), NumericLabel(value: 3)]
    builder.add("main;work", 1, labels: ["client": ["a", "b"], "kind": ["read"]], numericLabels: ["size": sizes])
    builder.add("main", 2, labels: ["kind": ["read"]], numericLabels: ["count": [NumericLabel(value: 7)]])
    profile = builder.profile
  }

  @Test func rootsInOrderFromTheRootLeavesTowardsTheLeaf() throws {
    var result = profile
    let matches = result.addLabelFrames(root: ["kind", "client"], leaf: ["kind", "client"])
    #expect(result.foldedStacks == ["read;a,b;main;work;read;a,b: 1", "read;;main;read;: 2"])
    #expect(matches == (root: true, leaf: true))
    try result.checkValid()
    // One function for each value and key; the key is its file.
    #expect(
      result.functions.dropFirst(2).map { "\($0.name)@\($0.filename)" } == ["a,b@client", "read@kind", "@client"])
  }

  @Test func numbersAreScaled() {
    var result = profile
    result.addLabelFrames(root: ["size", "count"], unit: "kb")
    #expect(result.foldedStacks == ["2kB,3kb;;main;work: 1", ";7;main: 2"])
  }

  @Test func labelsThatNobodyHas() {
    var result = profile
    let matches = result.addLabelFrames(root: ["none"])
    #expect(matches == (root: false, leaf: false))
    #expect(result.foldedStacks == [";main;work: 1", ";main: 2"])
    result.addLabelFrames()
    #expect(result.samples.map(\.locations.count) == [3, 2])
  }

  @Test func idsThatCannotBeFollowed() throws {
    var result = profile
    result.locations[0].id = .max
    result.functions[1].id = .max
    result.addLabelFrames(root: ["kind"])
    try result.checkValid()
    #expect(result.locations.map(\.id) == [1, 2, 3])
  }

  @Test func labelsOfAllSamples() {
    var result = profile
    result.setLabel("pprof::base", to: ["true"])
    #expect(result.samples.allSatisfy { $0.isDiffBase })
    #expect(!profile.samples[0].isDiffBase && profile.samples[0].hasLabel("client", "b"))
  }
}
