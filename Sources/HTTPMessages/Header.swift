/// A header line of a request or an answer.
public struct Header: Sendable, Hashable {
  /// Its name.
  public var name: String
  /// Its value.
  public var value: String

  /// A header line.
  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }

  /// Whether it is one line: nothing in it can begin another one.
  package var isOneLine: Bool { (name + value).utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f } }
}
