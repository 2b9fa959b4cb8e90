import Foundation
import Pprof
import TestSupport
import Testing

@testable import lab

/// `lab pprof -disasm` on a program built here.
@Suite(.enabled(if: Tool("clang") != nil && Tool("objdump") != nil, "needs clang and binutils"))
struct PprofDisassemblyTests {
  private let folder: TemporaryFolder
  private let start: UInt64

  init() throws {
    folder = try TemporaryFolder()
    let source =
      "int work(int n) {\n  int sum = 0;\n  for (int i = 0; i < n; i++) sum += i;\n  return sum;\n}\nint main(void) { return work(3); }\n"
    try Data(source.utf8).write(to: URL(fileURLWithPath: folder.file("work.c")))
    try #require(Tool("clang")).run(["-g", "-O0", folder.file("work.c"), "-o", folder.file("program")])
    let symbols = try #require(Tool("nm")).run([folder.file("program")])
    let line = try #require(symbols.split(separator: "\n").first { $0.hasSuffix(" T work") })
    start = try #require(UInt64(line.prefix(16), radix: 16))
  }

  /// A profile of addresses as they are in the file.
  private func write(_ mapping: Mapping, shift: UInt64 = 0) throws {
    var profile = Profile(sampleTypes: [ValueType(type: "cpu", unit: "nanoseconds")])
    profile.mappings = [mapping]
    profile.functions = [Function(id: 1, name: "work", filename: folder.file("work.c"))]
    for (position, offset) in ([0, 4, 5] as [UInt64]).enumerated() {
      profile.locations.append(
        Location(
          id: UInt64(position + 1), mapping: 0, address: start + shift + offset,
          lines: [Line(function: 0, line: 1)]))
      profile.samples.append(Sample(locations: [position], values: [10_000_000]))
    }
    // Not in the program.
    profile.locations.append(Location(id: 9, address: 7))
    profile.samples.append(Sample(locations: [3], values: [10_000_000]))
    try profile.write(to: folder.file("p.pb.gz"))
  }

  private func disassembly(_ expression: String, _ flags: String...) throws -> String {
    let request = try PprofRequest(arguments: ["-disasm", expression] + flags + [folder.file("p.pb.gz")])
    return String(
      decoding: try request.contents(of: try request.report(of: try request.profile { _ in })), as: UTF8.self)
  }

  @Test("instructions with what they cost; what falls into the middle of one is its own")
  func instructions() throws {
    try write(Mapping(id: 1, start: 0, limit: .max, file: folder.file("program")))
    let text = try disassembly("work")
    let lines = text.split(separator: "\n").map(String.init)
    #expect(lines[0] == "Total: 40ms")
    #expect(lines[1] == "ROUTINE ======================== work")
    #expect(lines[2] == "      30ms       30ms (flat, cum) 75.00% of Total")
    let address = String(start, radix: 16)
    let first = try #require(lines.dropFirst(3).first)
    #expect(
      first.hasPrefix("      10ms       10ms " + String(repeating: " ", count: 10 - address.count) + address + ": push")
    )
    #expect(first.hasSuffix(";work work.c:1"))
    let values = lines.dropFirst(3).compactMap {
      Int($0.prefix(10).trimmingCharacters(in: .letters.union(.whitespaces)))
    }
    #expect(values.reduce(0, +) == 30)
    #expect(lines.dropFirst(3).contains { $0.hasPrefix("         .          . ") && $0.contains("ret") })
    #expect(try disassembly("0x\(String(start + 6, radix: 16))") == text)
    #expect(try disassembly("work", "-intel_syntax") != text)
  }

  @Test("an address of the process is one of the file by way of the mapping and the segment that is mapped")
  func mapped() throws {
    let programHeaders = try #require(Tool("readelf")).run(["-lW", folder.file("program")])
    let loads = programHeaders.split(separator: "\n").map { $0.split(separator: " ") }.filter { $0.first == "LOAD" }
    let numbers = loads.map { $0[1...5].compactMap { UInt64($0.dropFirst(2), radix: 16) } }
    let code = try #require(numbers.first { $0[1] <= start && start < $0[1] + $0[4] })
    let page = code[0] & ~4095
    let place: UInt64 = 0x7f00_0000_0000
    let mapping = Mapping(
      id: 1, start: place, limit: place + (code[4] + (code[0] - page) + 4095) & ~4095, offset: page,
      file: folder.file("program"))
    try write(mapping, shift: place - page + code[0] - code[1])
    #expect(try disassembly("work").contains("(flat, cum) 75.00% of Total"))
  }

  @Test("what cannot be shown is said")
  func errors() throws {
    try write(Mapping(id: 1, start: 0, limit: .max, file: folder.file("program")))
    func message(_ expression: String) throws -> String {
      "\(try #require(throws: (any Error).self) { try disassembly(expression) })"
    }
    #expect(try message("nothing") == "no matches found for regexp nothing")
    #expect(try message("0x1") == "no matches found for address 0x1")
    try write(Mapping(id: 1, start: 0, limit: .max, file: folder.file("gone")))
    #expect(try message("work").hasPrefix("open \(folder.file("gone")): no such file or directory"))
    try write(Mapping(id: 1, start: 0, limit: .max, file: folder.file("work.c")))
    #expect(try message("work").hasPrefix("unrecognized binary format: "))
  }
}
