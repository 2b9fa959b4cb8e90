import CProfiler

/// Which leaked blocks are too young to be listed: they may be in use a moment later.
///
/// A block that an older leaked one leads to is listed all the same.
public enum LeakAge: Sendable, Hashable {
  /// Those allocated since so long before the report, to some milliseconds.
  case since(Duration)
  /// The youngest of all that is allocated, so many of a hundred.
  case youngest(percent: Int)

  /// Reads `2s`, `500ms` or `10%`; nil if the text is neither a time nor a share.
  public init?(_ text: some StringProtocol) {
    func number(before unit: String) -> Int? {
      text.hasSuffix(unit) ? Int(text.dropLast(unit.count)).flatMap { $0 > 0 && $0 <= 1 << 31 ? $0 : nil } : nil
    }
    if let percent = number(before: "%"), percent < 100 {
      self = .youngest(percent: percent)
    } else if let milliseconds = number(before: "ms") {
      self = .since(.milliseconds(milliseconds))
    } else if let minutes = number(before: "m") {
      self = .since(.seconds(60 * minutes))
    } else if let seconds = number(before: "s") {
      self = .since(.seconds(seconds))
    } else {
      return nil
    }
  }

  /// What a text must be.
  public static let accepted = "a share such as 10%, or a time such as 500ms, 2s or 1m"

  /// What the environment asks for.
  static var ofEnvironment: LeakAge? { lab_leaks_older_than().flatMap { LeakAge(String(cString: $0)) } }

  var request: lab_leaks_age {
    switch self {
    case .since(let age):
      let milliseconds = min(max(age, .milliseconds(1)), .milliseconds(UInt32.max)).nanoseconds / 1_000_000
      return lab_leaks_age(percent: 0, milliseconds: UInt32(milliseconds))
    case .youngest(let percent): return lab_leaks_age(percent: UInt32(clamping: percent), milliseconds: 0)
    }
  }
}
