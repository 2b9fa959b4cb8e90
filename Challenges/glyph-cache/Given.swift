import Foundation
import Synchronization

/// The picture of a character.
public struct Glyph: Sendable, Hashable {
  /// The character.
  public let character: Character
  /// How wide it is, in 64ths of a point.
  public let width: Int
  /// How dark each of its 32 × 32 dots is.
  public let dots: [UInt8]

  init(character: Character, width: Int, dots: [UInt8]) {
    (self.character, self.width, self.dots) = (character, width, dots)
  }
}

/// Draws characters. May be called from any thread, and from several at once.
public final class Font: Sendable {
  private let weight: UInt64
  private let ended = Atomic(0)
  private let drawnCharacters = Mutex<Set<Character>>([])
  private let gate = Gate()

  /// A font; which one, a number says.
  @_spi(Judge) public init(weight: UInt64) { self.weight = weight }

  /// Draws a character, which takes about a millisecond of a processor.
  @inline(never)
  public func rasterise(_ character: Character) -> Glyph {
    var state = weight
    for byte in character.utf8 { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
    let width = 300 + Int(state % 600)
    var dots: [UInt8] = []
    for _ in 0..<32 * 32 {
      // An outline is crossed by each of some hundred rays.
      for _ in 0..<400 { state = (state ^ (state >> 29)) &* 0xBF58_476D_1CE4_E5B9 }
      dots.append(UInt8(truncatingIfNeeded: state >> 56))
    }
    gate.pass()
    drawnCharacters.withLock { _ = $0.insert(character) }
    ended.add(1, ordering: .releasing)
    return Glyph(character: character, width: width, dots: dots)
  }

  /// Has drawings wait before they end, or lets them go on.
  @_spi(Judge) public func holdDrawings(_ holds: Bool) { gate.set(holds) }
  /// How many wait so.
  @_spi(Judge) public var held: Int { gate.waiting }
  /// Drawings that have come to their end.
  @_spi(Judge) public var drawn: Int { ended.load(ordering: .acquiring) }
  /// What has been drawn.
  @_spi(Judge) public var characters: Set<Character> { drawnCharacters.withLock { $0 } }
}

/// Where drawings wait while it is shut.
private final class Gate: @unchecked Sendable {
  private let isShut = Atomic(false)
  private let condition = NSCondition()
  private var inside = 0

  func pass() {
    guard isShut.load(ordering: .acquiring) else { return }
    condition.withLock {
      inside += 1
      while isShut.load(ordering: .acquiring) { condition.wait() }
      inside -= 1
    }
  }

  func set(_ shut: Bool) {
    condition.withLock {
      isShut.store(shut, ordering: .releasing)
      condition.broadcast()
    }
  }

  var waiting: Int { condition.withLock { inside } }
}
