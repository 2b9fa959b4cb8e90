/// How wide text is in the figures' face, without a font at hand.
///
/// Which font a reader has is not known, so each width is the larger of two common wide ones (DejaVu Sans and
/// Liberation Sans, regular): text measured so fits its box in either, and in the narrower system fonts of others.
enum TextWidth {
  /// The width of text of the given size, both in pixels.
  static func of(_ text: String, size: Double) -> Double {
    var thousandths = 0
    for scalar in text.unicodeScalars { thousandths += width(of: scalar) }
    return Double(thousandths) / 1000 * size
  }

  /// In thousandths of the size. Beyond ASCII no letter is wider than a square but emoji.
  private static func width(of scalar: Unicode.Scalar) -> Int {
    let index = Int(scalar.value) - 32
    if ascii.indices.contains(index) { return ascii[index] }
    if let sign = signs[scalar] { return sign }
    return scalar.value > 0xFFFF ? 1400 : 1000
  }

  /// What stands in numbers.
  private static let signs: [Unicode.Scalar: Int] = ["\u{A0}": 318, "±": 838, "−": 838, "×": 838, "µ": 640]

  /// Space to tilde.
  private static let ascii: [Int] = [
    318, 401, 460, 838, 637, 951, 780, 275, 391, 391, 500, 838, 318, 361, 318, 337,
    637, 637, 637, 637, 637, 637, 637, 637, 637, 637, 337, 337, 838, 838, 838, 557,
    1016, 685, 687, 723, 771, 667, 611, 778, 752, 295, 500, 667, 558, 863, 749, 788,
    667, 788, 723, 667, 611, 732, 685, 989, 686, 667, 686, 391, 337, 391, 838, 557,
    500, 613, 635, 550, 635, 616, 353, 635, 634, 278, 278, 580, 278, 975, 634, 612,
    635, 635, 412, 521, 393, 634, 592, 818, 592, 592, 525, 637, 337, 637, 838,
  ]
}
