/// A text that whoever may ask knows, and nobody can guess.
public struct SecretToken: Sendable, Hashable {
  /// The token.
  public let text: String

  /// The given token.
  public init(_ text: String) { self.text = text }

  /// A new one: 128 bits, in hexadecimal.
  public init() {
    var generator = SystemRandomNumberGenerator()
    text = (0..<16).map { _ in
      let byte = UInt8.random(in: .min ... .max, using: &generator)
      return (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined()
  }

  /// Whether a text is the token; takes as long for one that begins right as for one that does not.
  public func matches(_ given: some StringProtocol) -> Bool {
    let (given, token) = (Array(given.utf8), Array(text.utf8))
    guard given.count == token.count else { return false }
    return zip(given, token).reduce(0) { $0 | $1.0 ^ $1.1 } == 0
  }
}
