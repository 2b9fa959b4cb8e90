/// A function's name as people write it: whole, without its argument list, or as a beginning that ends in `*`.
public struct FunctionName: Sendable, Hashable {
  /// The name as written.
  public let text: String

  /// A name as written.
  public init(_ text: some StringProtocol) { self.text = String(text) }

  /// The names in `A|B|…`.
  public static func list(_ text: String) -> [FunctionName] { text.split(separator: "|").map { FunctionName($0) } }

  /// Whether a profile's function is meant.
  public func matches(_ function: String) -> Bool {
    if function == text { return true }
    return function.hasPrefix(text.hasSuffix("*") ? String(text.dropLast()) : text + "(")
  }

  /// The functions that are meant, of all those of a profile.
  public func matches(in functions: some Sequence<String>) -> Set<String> { Set(functions.filter(matches)) }
}
