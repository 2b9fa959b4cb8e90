import Pprof

extension Profile {
  /// A profile in which no field has its default value, of every kind of label and reference.
  public static var full: Profile {
    var builder = ProfileBuilder("samples/count", "cpu/nanoseconds")
    builder.add("main@main.swift:3;decode@kafka.swift:12;memcpy", 3, 30_000_000, labels: ["client": ["a", "b"]])
    builder.add(
      [["main@main.swift:4"], ["work@a.swift:1", "inlined@b.swift:2"]], values: [-1, Int64.min],
      numericLabels: ["bytes": [NumericLabel(value: 512, unit: "bytes"), NumericLabel(value: -7)]])
    builder.add("", 1, 10_000_000, labels: ["": ["é", "e\u{301}"]])
    var profile = builder.profile
    profile.mappings.append(
      Mapping(id: UInt64.max, start: 1 << 63, limit: UInt64.max, offset: 4096, file: "/lib/libc.so.6", buildID: "ff"))
    profile.locations.append(Location(id: 1 << 40, mapping: 1, address: UInt64.max - 1, isFolded: true))
    profile.locations.append(Location(id: 77))
    profile.samples[0].locations.append(contentsOf: [profile.locations.count - 2, profile.locations.count - 1])
    profile.functions[0].systemName = "$s4mainAAyyF"
    profile.functions[0].startLine = 2
    profile.locations[0].lines[0].column = 9
    profile.comments = ["lost 3 samples", "", "zwei"]
    profile.defaultSampleType = "cpu"
    profile.dropFrames = "swift_.*"
    profile.keepFrames = "swift_keep"
    profile.timeNanoseconds = 1_700_000_000_123_456_789
    profile.durationNanoseconds = 30_000_000_000
    profile.periodType = ValueType(type: "cpu", unit: "nanoseconds")
    profile.period = 10_000_000
    profile.documentationURL = "https://example.org/profile"
    return profile
  }
}
