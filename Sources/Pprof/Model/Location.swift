/// A code address and the functions (several if inlined) that it belongs to.
public struct Location: Sendable, Hashable {
  /// The number the file gives it; not 0.
  public var id: UInt64
  /// Position in `Profile.mappings`, if the address falls into one.
  public var mapping: Int?
  /// The instruction's address; 0 if unknown.
  public var address: UInt64
  /// Source lines, the innermost inlined function first. Empty if not symbolized.
  public var lines: [Line]
  /// Whether several functions were folded into one by the linker, so that the name may be another's.
  public var isFolded: Bool

  /// A location at the given address.
  public init(id: UInt64, mapping: Int? = nil, address: UInt64 = 0, lines: [Line] = [], isFolded: Bool = false) {
    self.id = id
    self.mapping = mapping
    self.address = address
    self.lines = lines
    self.isFolded = isFolded
  }
}
