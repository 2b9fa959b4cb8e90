/// Names one frame of a flame graph, so that an address can lead to it, whatever else is drawn.
///
/// It is the name of the frame's function and, since a function may have many frames, a hash of the names on the way
/// there: `decode(from:)~3c09a1f2`. A name alone, or with a way that is not there, means the function's widest frame.
public struct FlameFrameKey: Sendable, Hashable, CustomStringConvertible {
  /// The function.
  let name: String
  /// What tells its frames apart; nil if the widest is meant.
  let way: Way?

  /// A key as it stands in an address; nil if there is no name in it.
  public init?(_ text: String) {
    if text.isEmpty { return nil }
    if let tilde = text.lastIndex(of: "~"), let way = Way(text[text.index(after: tilde)...]) {
      (name, self.way) = (String(text[..<tilde]), way)
    } else {
      (name, way) = (text, nil)
    }
  }

  /// The key of the last of these frames, each of which leads to the next; nil of none.
  init?(path: some Sequence<String>) {
    var way = Way()
    var last: String?
    for name in path {
      way.add(name)
      last = name
    }
    guard let last else { return nil }
    (name, self.way) = (last, way)
  }

  /// The key as it stands in an address.
  public var description: String { way.map { "\(name)~\($0)" } ?? name }

  /// The names on the way to a frame, outermost first, in 32 bits.
  ///
  /// Source: FNV-1a (Fowler, Noll, Vo) over the names in UTF-8, each ended by a zero byte.
  struct Way: Sendable, Hashable, CustomStringConvertible {
    private var hash: UInt32 = 0x811c_9dc5

    init() {}

    /// A way as keys have it: eight hexadecimal digits in lower case.
    init?(_ text: Substring) {
      guard text.utf8.count == 8, text.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }),
        let hash = UInt32(text, radix: 16)
      else { return nil }
      self.hash = hash
    }

    mutating func add(_ name: String) {
      for byte in name.utf8 { add(byte) }
      add(0)
    }

    private mutating func add(_ byte: UInt8) { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }

    var description: String {
      let digits = String(hash, radix: 16)
      return String(repeating: "0", count: 8 - digits.count) + digits
    }
  }
}

extension FlameTree {
  /// The key of a node; nil for the root and for remainders.
  public func key(of position: Int) -> FlameFrameKey? {
    let numbers = path(to: position).dropFirst().map { nodes[$0].frame }
    if numbers.contains(nil) { return nil }
    return FlameFrameKey(path: numbers.compactMap { $0 }.map { frames[$0].name })
  }
}
