/// Prose that begins with a number: `57 % ± 6 of it`, `4.2 times`, `48,000 records`.
///
/// The page says what was measured in the place of what the author wrote, to as many digits: so the same text is true of
/// a capture made elsewhere, and of one published anew.
struct StatedNumber {
  private let decimals: Int
  /// What stands between the number and its margin, the sign `±` included; all that follows if there is no margin.
  private let between: Substring
  /// How many digits of the margin stand behind its point; nil if no margin is stated.
  private let marginDecimals: Int?
  private let rest: Substring

  /// Whether a margin is stated.
  var hasMargin: Bool { marginDecimals != nil }

  /// Takes prose apart; nil if it does not begin with a number.
  init?(_ prose: String) {
    guard let number = prose.prefixMatch(of: #/[-−]?([0-9][0-9,]*)(?:\.([0-9]+))?/#) else { return nil }
    decimals = number.2?.count ?? 0
    let after = prose[number.range.upperBound...]
    if let margin = after.prefixMatch(of: #/([^0-9±]{0,12}±\s?)[0-9]+(?:\.([0-9]+))?/#) {
      between = margin.1
      marginDecimals = margin.2?.count ?? 0
      rest = after[margin.range.upperBound...]
    } else {
      between = after
      marginDecimals = nil
      rest = ""
    }
  }

  /// The same prose about what was measured.
  func saying(_ number: MeasuredNumber) -> String {
    var text = Self.digits(number.value, decimals) + between
    if let marginDecimals { text += Self.digits(number.margin ?? 0, marginDecimals) + rest }
    return text
  }

  /// A number with so many decimals and thousands apart, `−1,234.5`.
  static func digits(_ value: Double, _ decimals: Int) -> String {
    let scale = (0..<min(decimals, 9)).reduce(1.0) { scale, _ in scale * 10 }
    let scaled = (abs(value) * scale).rounded()
    guard scaled < 1e15 else { return "\(value)" }
    let whole = String(Int(scaled) / Int(scale))
    var text = value < 0 && scaled > 0 ? "−" : ""
    for (index, digit) in whole.enumerated() {
      if index > 0, (whole.count - index) % 3 == 0 { text += "," }
      text.append(digit)
    }
    guard decimals > 0 else { return text }
    let fraction = String(Int(scaled) % Int(scale))
    return text + "." + String(repeating: "0", count: min(decimals, 9) - fraction.count) + fraction
  }
}

extension StatedNumber {
  /// What is wrong with a number stated so, given what was measured; nil if nothing is.
  static func fault(in prose: String, measured claim: CheckedClaim) -> String? {
    guard let stated = StatedNumber(prose) else { return nil }
    guard let number = claim.number else {
      return "'\(prose)' begins with a number, and '\(claim.question)' is \(claim.measured): say it in words"
    }
    if number.least == nil || number.greatest == nil {
      return "'\(prose)' needs both bounds, within=FROM..TO: it is bounded by '\(claim.bound)'"
    }
    if number.margin != nil, !stated.hasMargin {
      return "'\(prose)' was sampled: say how far off it may be, \(claim.measured) \(claim.uncertainty)"
    }
    if number.margin == nil, stated.hasMargin { return "'\(prose)' was counted, not sampled: it has no ±" }
    let measured = stated.saying(number)
    guard claim.isPublished, measured != prose else { return nil }
    return "the text says '\(prose)', and '\(measured)' was measured"
  }
}
