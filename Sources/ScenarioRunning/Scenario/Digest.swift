/// A running 64-bit FNV-1a hash, written as sixteen hexadecimal digits: by it the outputs of two variants are compared,
/// and a capture knows its contents again.
///
/// What it gives stands in published captures, so it is not to change.
public struct Digest: Sendable {
  @usableFromInline var state: UInt64 = 0xCBF2_9CE4_8422_2325

  /// A digest of nothing.
  @inlinable public init() {}

  /// Adds a byte.
  @inlinable public mutating func add(_ byte: UInt8) { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
  /// Adds bytes.
  @inlinable public mutating func add(_ bytes: some Sequence<UInt8>) { for byte in bytes { add(byte) } }
  /// Adds a number, its lowest byte first.
  @inlinable public mutating func add(_ number: Int) { withUnsafeBytes(of: number.littleEndian) { add($0) } }

  /// Adds bytes and their end, so that two pieces never give what one of both together gives.
  public mutating func addPiece(_ bytes: some Sequence<UInt8>) {
    add(bytes)
    add(0xFF as UInt8)
  }

  /// Sixteen hexadecimal digits.
  public var text: String {
    let digits = String(state, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
