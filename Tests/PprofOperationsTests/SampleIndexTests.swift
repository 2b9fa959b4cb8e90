import Pprof
import PprofOperations
import Testing

@Suite struct SampleIndexTests {
  private func heap(defaultType: String = "") -> Profile {
    let types = ["alloc_objects", "alloc_space", "inuse_objects", "inuse_space"]
    return Profile(sampleTypes: types.map { ValueType(type: $0, unit: "count") }, defaultSampleType: defaultType)
  }

  @Test func theLastUnlessTheProfileSaysOtherwise() throws {
    #expect(try heap().sampleIndex() == 3)
    #expect(try heap(defaultType: "alloc_space").sampleIndex() == 1)
    #expect(try heap(defaultType: "no such type").sampleIndex() == 3)
  }

  @Test func byNameOrNumber() throws {
    #expect(try heap().sampleIndex(named: "alloc_objects") == 0)
    #expect(try heap().sampleIndex(named: "2") == 2)
  }

  @Test func inuseFindsTypesWithoutThePrefix() throws {
    let profile = Profile(sampleTypes: ["objects", "space"].map { ValueType(type: $0, unit: "count") })
    #expect(try profile.sampleIndex(named: "inuse_space") == 1)
    #expect(throws: ProfileError.unknownSampleType("alloc_space", choices: ["objects", "space"])) {
      try profile.sampleIndex(named: "alloc_space")
    }
  }

  @Test func errorsInPprofsWords() {
    let unknown = #expect(throws: ProfileError.self) { try heap().sampleIndex(named: "cpu") }
    #expect(
      unknown.map { "\($0)" }
        == #"sample_index "cpu" must be one of: [alloc_objects alloc_space inuse_objects inuse_space]"#)
    for index in [4, -1] {
      let outside = #expect(throws: ProfileError.self) { try heap().sampleIndex(named: "\(index)") }
      #expect(outside.map { "\($0)" } == "sample_index \(index) is outside the range [0..3]")
    }
    #expect(throws: ProfileError.missingSampleTypes) { try Profile().sampleIndex() }
  }
}
