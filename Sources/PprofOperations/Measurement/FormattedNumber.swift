import Platform

/// A number in one of C's formats. Both C and Go round the exact binary value to the nearest decimal.
func formatted(_ format: String, _ number: Double) -> String {
  // The longest double in %f has 309 digits before the point.
  withUnsafeTemporaryAllocation(of: CChar.self, capacity: 352) { buffer in
    let count = withVaList([number]) { vsnprintf(buffer.baseAddress, buffer.count, format, $0) }
    return String(
      decoding: buffer.prefix(max(0, min(Int(count), buffer.count - 1))).lazy.map { UInt8(bitPattern: $0) },
      as: UTF8.self)
  }
}

/// A number with two decimals, as C's `%.2f` has it; many times as fast, since reports have a great many of them.
func withTwoDecimals(_ number: Double) -> String {
  guard number.magnitude < 1e9, !(number.sign == .minus && number == 0), let digits = surelyRounded(number, by: 100)
  else { return formatted("%.2f", number) }
  let (whole, decimals) = digits.magnitude.quotientAndRemainder(dividingBy: 100)
  let sign = number < 0 ? "-" : ""
  return "\(sign)\(whole).\(decimals < 10 ? "0" : "")\(decimals)"
}

/// A number from 0 up with two significant digits, as C's `%.2g` has it.
func withTwoDigits(_ number: Double) -> String {
  if number == 0 { return "0" }
  for (least, zeros) in [(0.1, ""), (0.01, "0"), (0.001, "00")] where number >= least * 1.001 && number < least * 9.9 {
    guard let digits = surelyRounded(number, by: 10 / least), digits >= 10, digits < 100 else { break }
    return digits % 10 == 0 ? "0.\(zeros)\(digits / 10)" : "0.\(zeros)\(digits)"
  }
  return formatted("%.2g", number)
}

/// The number times the factor, rounded, unless that is so near the middle of two that the product's own rounding
/// might have decided.
private func surelyRounded(_ number: Double, by factor: Double) -> Int64? {
  let product = number * factor
  let rounded = product.rounded()
  return (product - rounded).magnitude < 0.499 ? Int64(rounded) : nil
}
