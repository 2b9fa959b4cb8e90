import Patterns
import Pprof

/// A condition on a sample's labels, in the form that pprof's `tagfocus` and `tagignore` take.
///
/// - `32kb`, `:64kb`, `4mb:`, `12kb:64mb`: a numeric label equal to, at most, at least, between these.
/// - `expression`: a text label that matches as `key:value`. Several, separated by commas, must all match.
/// - `key=…`: the same for the labels of that key alone; there the expression matches the value, and of several
///   one is enough.
///
/// Source: google/pprof, `internal/driver/driver_focus.go`, `compileTagFilter`.
public struct TagFilter: Sendable {
  private let key: String?
  private let condition: Condition
  private let units: [String: String]

  private enum Condition {
    case range(TagRange)
    case patterns([Pattern])
  }

  /// Whether the text was taken for a range of numbers rather than for an expression.
  public var isRange: Bool {
    if case .range = condition { true } else { false }
  }

  /// A filter from its text.
  ///
  /// - Parameter units: The unit of each numeric label, see `Profile.numericLabelUnits()`.
  /// - Throws: `ProfileError.badPattern`.
  public init(_ text: String, units: [String: String] = [:]) throws(ProfileError) {
    self.units = units
    let condition: Substring
    if let equals = text.firstIndex(of: "=") {
      // Without a key before it, the sign only parts the condition from nothing.
      key = equals == text.startIndex ? nil : String(text[..<equals])
      condition = text[text.index(after: equals)...]
    } else {
      key = nil
      condition = text[...]
    }
    if let range = try TagRange(condition) {
      self.condition = .range(range)
    } else {
      var patterns: [Pattern] = []
      for part in condition.split(separator: ",", omittingEmptySubsequences: false) {
        patterns.append(try Pattern(forProfile: String(part)))
      }
      self.condition = .patterns(patterns)
    }
  }

  /// Whether the sample's labels fulfil the condition.
  public func matches(_ sample: Sample) -> Bool {
    switch condition {
    case .range(let range):
      return sample.numericLabels.contains { entry in
        guard key == nil || entry.key == key else { return false }
        let unit = units[entry.key] ?? ""
        return entry.value.contains { range.contains($0.value, unit: unit) }
      }
    case .patterns(let patterns):
      if let key {
        let values = sample.labels[key] ?? []
        return patterns.contains { pattern in values.contains { pattern.matches($0) } }
      }
      return patterns.allSatisfy { pattern in
        sample.labels.contains { entry in entry.value.contains { pattern.matches("\(entry.key):\($0)") } }
      }
    }
  }
}

/// Bounds on a number with a unit.
struct TagRange: Sendable {
  private var lowest = -Double.infinity
  private var highest = Double.infinity
  private var unit = ""

  /// A range from its text, or nil if the text is none.
  init?(_ text: Substring) throws(ProfileError) {
    let parts = text.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count <= 2, parts.contains(where: { !$0.isEmpty }) else { return nil }
    var isFirst = true
    for (position, part) in parts.enumerated() where !part.isEmpty {
      guard let (value, unit) = try Self.measure(part) else { return nil }
      let scaled = Units.scale(value, from: unit, to: isFirst ? unit : self.unit)
      if isFirst { self.unit = scaled.unit } else if self.unit != scaled.unit { return nil }
      isFirst = false
      if position == 0 { lowest = scaled.value }
      if position == parts.count - 1 { highest = scaled.value }
    }
  }

  /// Whether the number, taken in the unit given, lies within.
  func contains(_ value: Int64, unit: String) -> Bool {
    let scaled = Units.scale(value, from: unit, to: self.unit)
    return scaled.unit == self.unit && lowest <= scaled.value && scaled.value <= highest
  }

  /// A number and the letters after it.
  private static func measure(_ text: Substring) throws(ProfileError) -> (Int64, String)? {
    let bytes = Array(text.utf8)
    let signs = bytes.first.map { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") } ?? false ? 1 : 0
    let digits = bytes[signs...].prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
    let letters = bytes[digits.endIndex...]
    let areLetters = letters.allSatisfy { UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 | 0x20 }
    guard !digits.isEmpty, areLetters else { return nil }
    let number = String(decoding: bytes[..<digits.endIndex], as: UTF8.self)
    guard let value = Int64(number) else { throw .badPattern(String(text), reason: "the number is too large") }
    return (value, String(decoding: letters, as: UTF8.self))
  }
}
