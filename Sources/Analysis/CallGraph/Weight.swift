/// What a sample weighs in a report: one of its values, with a divisor if the report is one of means.
struct Weight {
  var value: Int64
  /// 0 if the report is not one of means.
  var divisor: Int64

  var isZero: Bool { value == 0 && divisor == 0 }

  mutating func add(_ other: Weight) {
    value &+= other.value
    divisor &+= other.divisor
  }
}
