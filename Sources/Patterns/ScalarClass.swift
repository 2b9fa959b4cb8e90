/// A set of scalars, such as `[a-z_]` or `\pL`.
struct ScalarClass: Sendable {
  /// A part of the set.
  enum Part: Sendable {
    case range(UInt32, UInt32)
    case categories([Unicode.GeneralCategory])
    /// All that some other parts do not contain.
    case complement([Part])
  }

  private let parts: [Part]
  private let isNegated: Bool
  private let ignoresCase: Bool
  /// The answers for ASCII, a bit each.
  private let ascii: (low: UInt64, high: UInt64)

  init(_ parts: [Part], isNegated: Bool = false, ignoresCase: Bool = false) {
    self.parts = parts
    self.isNegated = isNegated
    self.ignoresCase = ignoresCase
    var answers: (low: UInt64, high: UInt64) = (0, 0)
    for value in UInt32(0)..<64 {
      if Self.contains(value, parts, ignoresCase) != isNegated { answers.low |= 1 << UInt64(value) }
      if Self.contains(value + 64, parts, ignoresCase) != isNegated { answers.high |= 1 << UInt64(value) }
    }
    ascii = answers
  }

  @inline(__always)
  func contains(_ value: UInt32) -> Bool {
    if value < 64 { return ascii.low >> UInt64(value) & 1 != 0 }
    if value < 128 { return ascii.high >> UInt64(value - 64) & 1 != 0 }
    return Self.contains(value, parts, ignoresCase) != isNegated
  }

  private static func contains(_ value: UInt32, _ parts: [Part], _ ignoresCase: Bool) -> Bool {
    parts.contains { part in
      if case .complement(let others) = part { return !contains(value, others, ignoresCase) }
      return ignoresCase ? caseVariants(value).contains { part.contains($0) } : part.contains(value)
    }
  }
}

extension ScalarClass.Part {
  /// Whether the value is of this part, in just this case. A complement answers for itself.
  fileprivate func contains(_ value: UInt32) -> Bool {
    switch self {
    case .range(let first, let last): return first <= value && value <= last
    case .categories(let categories):
      guard let scalar = Unicode.Scalar(value) else { return categories.contains(.surrogate) }
      return categories.contains(scalar.properties.generalCategory)
    case .complement: return false
    }
  }

  static func scalar(_ scalar: Unicode.Scalar) -> Self { .range(scalar.value, scalar.value) }
}

/// A representative that all case variants of a scalar share: K, k and the Kelvin sign have the same.
///
/// Lower case of upper case is what Unicode's simple folding comes to, but for the dotless i, which has no variants.
@inline(__always)
func foldedCase(_ value: UInt32) -> UInt32 {
  if value < 0x80 { return UInt32(UInt8(ascii: "A"))...UInt32(UInt8(ascii: "Z")) ~= value ? value + 32 : value }
  return slowFoldedCase(value)
}

private func slowFoldedCase(_ value: UInt32) -> UInt32 {
  guard let scalar = Unicode.Scalar(value), value != 0x131 else { return value }
  let upper = single(scalar.properties.uppercaseMapping) ?? scalar
  return (single(upper.properties.lowercaseMapping) ?? upper).value
}

private func caseVariants(_ value: UInt32) -> [UInt32] {
  let folded = foldedCase(value)
  guard let scalar = Unicode.Scalar(folded) else { return [value] }
  let upper = single(scalar.properties.uppercaseMapping) ?? scalar
  let title = single(scalar.properties.titlecaseMapping) ?? scalar
  return [value, folded, upper.value, title.value]
}

/// The only scalar of a mapping that is not longer.
private func single(_ mapping: String) -> Unicode.Scalar? {
  mapping.unicodeScalars.count == 1 ? mapping.unicodeScalars.first : nil
}
