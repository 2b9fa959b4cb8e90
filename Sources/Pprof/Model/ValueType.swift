/// What a value measures and in which unit, e.g. `cpu` in `nanoseconds`.
public struct ValueType: Sendable, Hashable {
  /// What is measured, e.g. `cpu`, `inuse_space`.
  public var type: String
  /// The unit, e.g. `nanoseconds`, `bytes`, `count`.
  public var unit: String

  /// A value type of the given words.
  public init(type: String, unit: String) {
    self.type = type
    self.unit = unit
  }

  /// Processor time, as Go's runtime names it.
  public static let cpuTime = ValueType(type: "cpu", unit: "nanoseconds")
}
