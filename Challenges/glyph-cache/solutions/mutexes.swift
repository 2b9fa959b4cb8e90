import Given
import Synchronization

/// The glyphs of a font, each of which is drawn once and kept.
///
/// The pages of a document are laid out by several threads at once, and all of them ask the same cache.
final class GlyphCache: Sendable {
  private let font: Font
  private let slots = Mutex<[Character: Slot]>([:])

  /// The place of one glyph, which may still have to be drawn.
  private final class Slot: Sendable {
    let glyph = Mutex<Glyph?>(nil)
  }

  init(font: Font) { self.font = font }

  /// The glyph of a character.
  func glyph(for character: Character) -> Glyph {
    let slot = slots.withLock { slots in
      if let slot = slots[character] { return slot }
      let slot = Slot()
      slots[character] = slot
      return slot
    }
    // Who wants the same glyph waits for it; nobody else does.
    return slot.glyph.withLock { glyph in
      if let glyph { return glyph }
      let drawn = font.rasterise(character)
      glyph = drawn
      return drawn
    }
  }

  /// How wide a line is, in 64ths of a point.
  func width(of line: some StringProtocol) -> Int {
    line.reduce(0) { $0 + glyph(for: $1).width }
  }

  /// How many glyphs there are by now.
  var count: Int { slots.withLock { $0.count } }
}
