import Pprof
import PprofOperations
import Testing
import TestSupport

@Suite struct MergeTests {
  @Test func equalSamplesAddUp() throws {
    var first = ProfileBuilder("samples/count", "cpu/nanoseconds")
    first.add("main;work", 1, 10)
    first.add("main;work", 2, 20, labels: ["client": ["a"]])
    var second = ProfileBuilder("samples/count", "cpu/nanoseconds")
    second.add("main;work", 8, 80)
    second.add("main;wait", 4, 40)
    second.add("main;work", 16, 160, labels: ["client": ["a"]])
    second.add("main;work", 32, 320, numericLabels: ["client": [NumericLabel(value: 1, unit: "a")]])
    second.add("main;work", 64, 640, numericLabels: ["client": [NumericLabel(value: 1)]])
    let merged = try Profile.merge([first.profile, second.profile])
    #expect(
      merged.foldedStacks == [
        "main;work: 9 90", "main;work: 18 180", "main;wait: 4 40", "main;work: 32 320", "main;work: 64 640",
      ])
    #expect(merged.samples[1].labels == ["client": ["a"]])
    #expect(merged.functions.map(\.name) == ["work", "main", "wait"])
    #expect(merged.functions.map(\.id) == [1, 2, 3] && merged.locations.map(\.id) == [1, 2, 3])
    #expect(merged.mappings == first.profile.mappings)
  }

  @Test func orderOfCallersIsNotLost() throws {
    var builder = ProfileBuilder("samples/count")
    builder.add("a;b", 1)
    builder.add("b;a", 2)
    #expect(try builder.profile.compacted().foldedStacks == ["a;b: 1", "b;a: 2"])
  }

  @Test func whatIsZeroOrUnusedGoes() throws {
    var builder = ProfileBuilder("samples/count")
    builder.add("main;zero", 0)
    builder.add("main;plus", 5)
    builder.add("main;plus", -5)
    builder.add("main;rest", 1)
    let compact = try builder.profile.compacted()
    #expect(compact.foldedStacks == ["main;rest: 1"])
    #expect(compact.functions.map(\.name) == ["rest", "main"])
    #expect(compact.functions.map(\.id) == [1, 2] && compact.locations.map(\.id) == [1, 2])
  }

  @Test func theSameFileElsewhereInMemoryIsTheSameCode() throws {
    func profile(start: UInt64, buildID: String = "b1", size: UInt64 = 0x2000) -> Profile {
      Profile(
        sampleTypes: [ValueType(type: "samples", unit: "count")], samples: [Sample(locations: [0], values: [1])],
        mappings: [Mapping(id: 9, start: start, limit: start + size, file: "/bin/app", buildID: buildID)],
        locations: [Location(id: 5, mapping: 0, address: start + 0x123)])
    }
    let moved = try Profile.merge([profile(start: 0x10000), profile(start: 0x70000)])
    #expect(moved.samples == [Sample(locations: [0], values: [2])])
    #expect(moved.locations == [Location(id: 1, mapping: 0, address: 0x10123)])
    #expect(moved.mappings.map(\.start) == [0x10000])
    // Sizes are compared in whole pages.
    #expect(try Profile.merge([profile(start: 0x10000), profile(start: 0x70000, size: 0x1fff)]).samples.count == 1)
    #expect(try Profile.merge([profile(start: 0x10000), profile(start: 0x70000, size: 0x2001)]).samples.count == 2)
    let other = try Profile.merge([profile(start: 0x10000), profile(start: 0x10000, buildID: "b2")])
    #expect(other.mappings.map(\.buildID) == ["b1", "b2"] && other.mappings.map(\.id) == [1, 2])
    #expect(other.samples.count == 2)
  }

  @Test func theMainBinaryStaysFirst() throws {
    var builder = ProfileBuilder("samples/count")
    builder.add("lib", 1)
    builder.profile.mappings.append(Mapping(id: 2, start: 0x9000, limit: 0xa000, file: "/lib/x.so"))
    builder.profile.locations[0].mapping = 1
    #expect(try builder.profile.compacted().mappings.map(\.file) == ["/bin/app", "/lib/x.so"])
  }

  @Test func extremesDoNotTrap() throws {
    var builder = ProfileBuilder("samples/count")
    builder.add("a", .max)
    builder.profile.durationNanoseconds = .max
    builder.profile.mappings[0].start = .max
    builder.profile.mappings[0].limit = 0
    builder.profile.locations[0].address = 0
    let merged = try Profile.merge([builder.profile, builder.profile])
    #expect(merged.samples[0].values == [-2] && merged.durationNanoseconds == -2)
  }

  @Test func headers() throws {
    var a = Profile(sampleTypes: [ValueType(type: "x", unit: "y")], comments: ["one", "two"], dropFrames: "d")
    a.timeNanoseconds = 500
    a.durationNanoseconds = 3
    a.period = 10
    var b = a
    b.comments = ["two", "three"]
    b.timeNanoseconds = 400
    b.period = 20
    b.dropFrames = "other"
    b.defaultSampleType = "x"
    b.documentationURL = "u"
    let merged = try Profile.merge([a, b])
    #expect(merged.timeNanoseconds == 400 && merged.durationNanoseconds == 6 && merged.period == 20)
    #expect(merged.comments == ["one", "two", "three"])
    #expect(merged.dropFrames == "d" && merged.defaultSampleType == "x" && merged.documentationURL == "u")
  }

  @Test func incompatibleProfiles() {
    let cpu = Profile(sampleTypes: [ValueType(type: "cpu", unit: "ns")])
    let heap = Profile(sampleTypes: [ValueType(type: "space", unit: "bytes")])
    let error = #expect(throws: ProfileError.self) { try Profile.merge([cpu, heap]) }
    #expect(error.map { "\($0)" } == "incompatible sample types: [cpu/ns] and [space/bytes]")
    var other = cpu
    other.periodType = ValueType(type: "cpu", unit: "ns")
    #expect(throws: ProfileError.incompatible(what: "period types", "/", "cpu/ns")) {
      try Profile.merge([cpu, other])
    }
    #expect(throws: ProfileError.nothingToMerge) { try Profile.merge([]) }
  }
}
