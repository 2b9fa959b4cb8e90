/// A number attached to a sample, such as the size of the allocated block.
public struct NumericLabel: Sendable, Hashable {
  /// The number.
  public var value: Int64
  /// Its unit; empty if the file names none.
  public var unit: String

  /// A number of the given unit.
  public init(value: Int64, unit: String = "") {
    self.value = value
    self.unit = unit
  }
}
