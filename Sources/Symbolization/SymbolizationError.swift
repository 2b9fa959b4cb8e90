/// Why the symbols of a file could not be read.
public struct SymbolizationError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong.
  public enum Reason: Sendable, Hashable {
    /// The file cannot be opened or mapped; `code` is the `errno`.
    case unreadable(code: Int32)
    /// The file is not a 64-bit little-endian ELF file, or its tables do not lie inside it.
    case malformed(String)
    /// The file is not the one that was loaded: it was built anew in the meantime.
    case replaced
  }

  /// The file.
  public var path: String
  /// What is wrong with it.
  public var reason: Reason

  /// Makes an error.
  public init(path: String, reason: Reason) {
    self.path = path
    self.reason = reason
  }

  /// A sentence for a person.
  public var description: String {
    switch reason {
    case .unreadable(let code): "\(path): cannot be read (error \(code)), so its functions have no names"
    case .malformed(let what): "\(path): \(what), so its functions have no names"
    case .replaced: "\(path): was replaced since it was loaded, so its functions have no names"
    }
  }
}
