// fails: gone
import Foundation
import Given

/// The font is drawn by one at a time.
private let pen = NSLock()

/// The glyphs of a font, each of which is drawn once and kept.
///
/// The pages of a document are laid out by several threads at once, and all of them ask the same cache.
final class GlyphCache: @unchecked Sendable {
  private let font: Font
  /// Guards the slots, not what is in them.
  private let lock = NSLock()
  private var slots: [Character: Slot] = [:]

  /// The place of one glyph, which may still have to be drawn.
  private final class Slot {
    let lock = NSLock()
    var glyph: Glyph?
  }

  init(font: Font) { self.font = font }

  /// The glyph of a character.
  func glyph(for character: Character) -> Glyph {
    let slot = lock.withLock {
      if let slot = slots[character] { return slot }
      let slot = Slot()
      slots[character] = slot
      return slot
    }
    // Who wants the same glyph waits for it; nobody else does.
    return slot.lock.withLock {
      if let glyph = slot.glyph { return glyph }
      let glyph = pen.withLock { font.rasterise(character) }
      slot.glyph = glyph
      return glyph
    }
  }

  /// How wide a line is, in 64ths of a point.
  func width(of line: some StringProtocol) -> Int {
    line.reduce(0) { $0 + glyph(for: $1).width }
  }

  /// How many glyphs there are by now.
  var count: Int { lock.withLock { slots.count } }
}
