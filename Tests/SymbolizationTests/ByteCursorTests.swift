import Testing

@testable import Symbolization

@Suite struct ByteCursorTests {
  private func read<Value>(_ bytes: [UInt8], _ body: (inout ByteCursor) -> Value) -> (value: Value, isOverrun: Bool) {
    bytes.withUnsafeBytes { bytes in
      var cursor = ByteCursor(bytes)
      let value = body(&cursor)
      return (value, cursor.isOverrun)
    }
  }

  @Test func readsNumbers() {
    #expect(read([0x34, 0x12]) { $0.u16() } == (0x1234, false))
    #expect(read([1, 2, 3]) { $0.unsigned(size: 3) } == (0x030201, false))
    #expect(read([0xe5, 0x8e, 0x26]) { $0.uleb() } == (624_485, false))
    #expect(read([0xc0, 0xbb, 0x78]) { $0.sleb() } == (-123_456, false))
    #expect(read([0x7f]) { $0.sleb() } == (-1, false))
    #expect(read(Array("ab\0c".utf8)) { $0.string() } == ("ab", false))
  }

  @Test func neverLeavesItsBytes() {
    #expect(read([1, 2, 3]) { $0.u32() } == (0, true))
    #expect(read([]) { $0.u8() } == (0, true))
    #expect(read([0x80, 0x80]) { $0.uleb() } == (0, true))
    #expect(read([UInt8](repeating: 0xff, count: 40) + [1]) { $0.uleb() } == (.max, false))
    #expect(read([UInt8](repeating: 0xff, count: 40) + [0x7f]) { $0.sleb() } == (-1, false))
    #expect(read(Array("ab".utf8)) { $0.string() } == ("ab", true))
    #expect(read([1, 2]) { $0.skip(3) }.isOverrun)
    #expect(read([1, 2]) { $0.skip(-1) }.isOverrun)
    #expect(read([1, 2]) { $0.skip(.max) }.isOverrun)
    #expect(read([9]) { $0.unsigned(size: 99) }.isOverrun)
  }

  @Test func partsLieInside() {
    [1, 2, 3].withUnsafeBytes { bytes in
      #expect(bytes.part(offset: 0, count: UInt64(bytes.count))?.count == bytes.count)
      #expect(bytes.part(offset: 1, count: UInt64(bytes.count)) == nil)
      #expect(bytes.part(offset: .max, count: 2) == nil)
      #expect(bytes.part(offset: 2, count: .max) == nil)
      #expect(bytes.string(at: .max) == nil)
    }
  }
}
