import Pprof

extension Profile {
  /// A small service that decodes batches for several clients: recursion, inlined calls, labels, two binaries, names of
  /// several languages, values of every size. Made for reports.
  public static var decoder: Profile {
    var builder = ProfileBuilder("samples/count", "cpu/nanoseconds")
    func bytes(_ sizes: Int64...) -> [String: [NumericLabel]] {
      ["bytes": sizes.map { NumericLabel(value: $0, unit: "bytes") }]
    }
    let decode = "main@main.swift:3;serve@server.swift:20;FetchResponse.decode(from:)@fetch.swift:31"
    for (size, count) in [(512, 7), (2048, 5), (65_536, 4), (1_048_576, 3), (3_000_000, 2), (50, 1)] {
      builder.add(
        decode + ";RecordBatch.decode(from:)@batch.swift:12", Int64(count), Int64(count) * 10_000_000,
        labels: ["client": ["reader"]], numericLabels: bytes(Int64(size)))
    }
    builder.add(decode + ";swift_allocObject", 9, 90_000_000, labels: ["client": ["writer"], "kind": ["produce"]])
    builder.add(decode, 2, 20_000_000, labels: ["client": ["writer"]])
    builder.add(
      [
        ["main@main.swift:3"], ["serve@server.swift:22"],
        ["RecordBatch.decode(from:)@batch.swift:15", "checksum@crc.swift:8", "std::rotl<unsigned>::apply@bit.h:4"],
      ], values: [30, 300_000_000], labels: ["client": ["reader"]])
    builder.add(
      [["main@main.swift:3"], ["serve@server.swift:22"], ["checksum@crc.swift:9"]], values: [4, 40_000_000])
    let walk = "main@main.swift:4;walk@tree.swift:7"
    builder.add(walk + ";walk@tree.swift:7;walk@tree.swift:7;visit \"leaf\"@tree.swift:11", 6, 60_000_000)
    builder.add(walk + ";visit \"leaf\"@tree.swift:11", 3, 30_000_000, numericLabels: ["latency": [.init(value: 9)]])
    builder.add("main@main.swift:5;github.com/acme/kafka/v2/record.(*Batch).Encode@batch.go:40", 1, 10_000_000)
    builder.add("main@main.swift:6;tiny@tiny.swift:1", 0, 20)
    var profile = builder.profile
    profile.mappings.append(
      Mapping(id: 2, start: 0x200_0000, limit: 0x300_0000, offset: 4096, file: "/lib/libc.so.6"))
    profile.locations.append(Location(id: 40, mapping: 1, address: 0x200_0040))
    profile.samples.append(
      Sample(
        locations: [profile.locations.count - 1] + profile.samples[0].locations.suffix(2), values: [2, 20_000_000]))
    for function in profile.functions.indices where profile.functions[function].name == "checksum" {
      profile.functions[function].startLine = 6
      profile.functions[function].systemName = "$s6server8checksumyyF"
    }
    profile.comments = ["3 samples lost", "#not for the legend"]
    profile.durationNanoseconds = 1_500_000_000
    profile.periodType = ValueType(type: "cpu", unit: "nanoseconds")
    profile.period = 10_000_000
    return profile
  }

  /// The same service some time later: it decodes faster and walks more.
  public static var laterDecoder: Profile {
    var profile = decoder
    for sample in profile.samples.indices {
      let isDecoding = profile.samples[sample].labels["client"] == ["reader"]
      profile.samples[sample].values = profile.samples[sample].values.map { isDecoding ? $0 / 3 : $0 * 2 }
    }
    return profile
  }
}
