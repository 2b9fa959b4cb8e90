import PprofOperations
import Testing
import TestSupport

@testable import Pprof

/// What other programs make of our files.
@Suite struct OracleTests {
  /// Google's protobuf compiler, which can print any message.
  private static let protoc = Tool("protoc")
  private static let go = Tool("go")

  @Test(.enabled(if: protoc != nil, "protoc is not installed")) func protocReadsIt() throws {
    let protoc = try #require(Self.protoc)
    var builder = ProfileBuilder("samples/count")
    builder.add("main;work", -1, numericLabels: ["bytes": [NumericLabel(value: 512, unit: "bytes")]])
    let folder = try TemporaryFolder()
    let file = folder.file("a.pb")
    try builder.profile.write(to: file, compressed: false)
    let shell = try #require(Tool("sh"))
    let output = try shell.run(["-c", "'\(protoc.path)' --decode_raw < '\(file)'"])
    let expected = """
      2 {
        1: 1
        1: 2
        2: 18446744073709551615
        3 {
          1: 3
          3: 512
          4: 3
        }
      }
      """
    #expect(output.contains(expected))
    let strings = output.split(separator: "\n").filter { $0.hasPrefix("6: ") }
    #expect(
      strings == [
        #"6: """#, #"6: "samples""#, #"6: "count""#, #"6: "bytes""#, #"6: "/bin/app""#, #"6: "abc0""#,
        #"6: "work""#, #"6: "main""#,
      ])
  }

  @Test(.enabled(if: go != nil, "Go is not installed")) func pprofReadsIt() throws {
    let go = try #require(Self.go)
    let folder = try TemporaryFolder()
    let file = folder.file("full.pb.gz")
    var profile = Profile.full
    profile.dropFrames = ""
    try profile.write(to: file)
    let output = try go.run(["tool", "pprof", "-raw", "-symbolize=none", file])
    let lines = Set(output.split(separator: "\n").map { $0.trimmingPrefix(while: { $0 == " " }) })
    // pprof gives ids anew, in the order of use.
    for expected in [
      "PeriodType: cpu nanoseconds", "Period: 10000000", "Duration: 30s", "samples/count cpu/nanoseconds[dflt]",
      "3   30000000: 1 2 3 4 5 ", "-1 -9223372036854775808: 6 7 ", "client:[a b]", "bytes:[512 bytes -7 ]",
      "Comment: lost 3 samples", "1: 0x1000 M=1 memcpy :0 s=2($s4mainAAyyF)", "3: 0x1020 M=1 main main.swift:3 s=0",
      "6: 0x1030 M=1 inlined b.swift:2 s=0", "work a.swift:1 s=0", "4: 0xfffffffffffffffe M=2 [F] ", "5: 0x0 ",
      "1: 0x1000/0x1000000/0x0 /bin/app abc0 [FN][FL][LN][IN]",
      "2: 0x8000000000000000/0xffffffffffffffff/0x1000 /lib/libc.so.6 ff ",
    ] {
      #expect(lines.contains(expected[...]), "\(expected) is not in\n\(output)")
    }
  }

  /// pprof decodes, encodes again, and we decode: nothing may be lost on the way.
  @Test(.enabled(if: go != nil, "Go is not installed")) func pprofWritesItBack() throws {
    let go = try #require(Self.go)
    let folder = try TemporaryFolder()
    var builder = ProfileBuilder("samples/count", "cpu/nanoseconds")
    builder.add("main@main.swift:3;decode@kafka.swift:12;memcpy", 3, 30_000_000, labels: ["client": ["a"]])
    builder.add("main@main.swift:3", 1, 10_000_000, numericLabels: ["bytes": [NumericLabel(value: 5, unit: "kb")]])
    builder.profile.periodType = ValueType(type: "cpu", unit: "nanoseconds")
    builder.profile.period = 10_000_000
    builder.profile.timeNanoseconds = 1_700_000_000_000_000_000
    builder.profile.comments = ["a comment"]
    builder.profile.defaultSampleType = "cpu"
    let input = folder.file("in.pb.gz")
    let output = folder.file("out.pb.gz")
    try builder.profile.write(to: input)
    try go.run(["tool", "pprof", "-proto", "-symbolize=none", "-output=\(output)", input])
    #expect(try Profile(contentsOf: output) == builder.profile.compacted())
  }
}
