import Foundation
import Leaks
import TestSupport
import Testing

/// Libraries whose description of their frames is damaged: stacks through them may be short or wrong, but nothing faults.
@Suite(.heapProfiler) struct DamagedFramesTests {
  private static let compiler = Tool("clang")

  /// Allocates at every depth of a recursion, so that each step is unwound.
  private static let source = """
    #include <stdlib.h>
    int work(int depth);
    int (*volatile again)(int) = work;
    int work(int depth) {
      void *block = malloc(16 + (size_t)depth);
      volatile unsigned sum = 0;
      for (unsigned i = 0; i < 20000; i++) sum += i * (unsigned)depth;
      int result = depth > 0 ? again(depth - 1) : 1;
      free(block);
      return result + (sum == 7);
    }
    """

  @Test(
    "Nothing faults on damaged frames, whatever is damaged", .enabled(if: Self.compiler != nil, "needs clang"))
  func damagedFrames() throws {
    let folder = try TemporaryFolder()
    let plain = folder.file("plain.so")
    try Self.source.write(toFile: folder.file("work.c"), atomically: true, encoding: .utf8)
    try #require(Self.compiler).run(["-O1", "-shared", "-fPIC", "-o", plain, folder.file("work.c")])
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: plain)))
    let frames = try #require(Self.section(".eh_frame", in: bytes))
    let header = try #require(Self.section(".eh_frame_hdr", in: bytes))
    var random = SeededGenerator(seed: 3)
    for number in 0..<40 {
      var damaged = bytes
      for _ in 0..<Int.random(in: 1...8, using: &random) {
        let range = Bool.random(using: &random) ? frames : header
        let place = try #require(range.randomElement(using: &random))
        damaged[place] =
          [0, 0xff, 0x7f, 0x80, UInt8.random(in: 0...255, using: &random)].randomElement(using: &random) ?? 0
      }
      try Data(damaged).write(to: URL(fileURLWithPath: folder.file("damaged-\(number).so")))
    }
    for (number, byte) in ([0, 0xff, 0x0a, 0x0b, 0x0f, 0x80] as [UInt8]).enumerated() {
      var damaged = bytes
      for place in frames { damaged[place] = byte }
      try Data(damaged).write(to: URL(fileURLWithPath: folder.file("filled-\(number).so")))
      damaged = bytes
      for place in header.dropFirst(4) { damaged[place] = byte }
      try Data(damaged).write(to: URL(fileURLWithPath: folder.file("header-\(number).so")))
    }
    let text = try Tool(path: PlantedShapes(.debug).path).run(
      ["1", "--text", "--sampled-libraries", "--libraries", folder.path])
    #expect(text.contains("worked: 53"))
    #expect(text.contains("Session.onClose → closure capturing Session → Session"))
  }

  /// Where a section lies in an ELF file. Source: elf(5).
  private static func section(_ name: String, in file: [UInt8]) -> Range<Int>? {
    func number(_ at: Int, _ count: Int) -> Int {
      (0..<count).reduce(0) { $0 | Int(file[at + $1]) << (8 * $1) }
    }
    let (table, size, count) = (number(40, 8), number(58, 2), number(60, 2))
    let names = number(table + number(62, 2) * size + 24, 8)
    for index in 0..<count {
      let header = table + index * size
      let start = names + number(header, 4)
      guard let end = file[start...].firstIndex(of: 0) else { return nil }
      if String(decoding: file[start..<end], as: UTF8.self) == name {
        return number(header + 24, 8)..<number(header + 24, 8) + number(header + 32, 8)
      }
    }
    return nil
  }
}
