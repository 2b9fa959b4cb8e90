// fails: new
import Foundation
import Given

/// The glyphs of a font, each of which is drawn once and kept.
///
/// The pages of a document are laid out by several threads at once, and all of them ask the same cache.
final class GlyphCache: @unchecked Sendable {
  private let font: Font
  /// Guards the glyphs.
  private let lock = NSLock()
  private var glyphs: [Character: Glyph] = [:]

  init(font: Font) { self.font = font }

  /// The glyph of a character.
  func glyph(for character: Character) -> Glyph {
    if let glyph = lock.withLock({ glyphs[character] }) { return glyph }
    let glyph = font.rasterise(character)
    lock.withLock { glyphs[character] = glyph }
    return glyph
  }

  /// How wide a line is, in 64ths of a point.
  func width(of line: some StringProtocol) -> Int {
    line.reduce(0) { $0 + glyph(for: $1).width }
  }

  /// How many glyphs there are by now.
  var count: Int { lock.withLock { glyphs.count } }
}
