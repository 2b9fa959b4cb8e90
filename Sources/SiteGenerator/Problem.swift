/// Something wrong in the content, and where.
public struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
  /// How much it matters.
  public enum Severity: UInt8, Sendable, Hashable, Comparable {
    /// Worth knowing: a claim that came out differently on this machine.
    case note
    /// The page can be read, but something in it is amiss.
    case warning
    /// The page does not say what it should.
    case error

    /// The order from note to error.
    public static func < (left: Severity, right: Severity) -> Bool { left.rawValue < right.rawValue }
  }

  /// The file, as a path that an editor can open from where the command ran.
  public var file: String
  /// The line in it, from 1; 0 if the problem concerns the whole file.
  public var line: Int
  /// What is wrong, in a few words.
  public var message: String
  /// How much it matters.
  public var severity: Severity

  /// A problem at a place.
  public init(file: String, line: Int, message: String, severity: Severity = .error) {
    self.file = file
    self.line = line
    self.message = message
    self.severity = severity
  }

  /// `Content/lessons/2.md:41: no such scenario`
  public var description: String {
    let place = line > 0 ? "\(file):\(line)" : file
    return severity == .error ? "\(place): \(message)" : "\(place): \(severity): \(message)"
  }
}
