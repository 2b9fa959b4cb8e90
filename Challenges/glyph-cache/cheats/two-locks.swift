// fails: gone
import Foundation
import Given

/// Half of the glyphs.
private final class Half {
  let lock = NSLock()
  var glyphs: [Character: Glyph] = [:]
}

/// The glyphs of a font, each of which is drawn once and kept.
///
/// The pages of a document are laid out by several threads at once, and all of them ask the same cache.
final class GlyphCache: @unchecked Sendable {
  private let font: Font
  private let halves = [Half(), Half()]

  init(font: Font) { self.font = font }

  /// The glyph of a character.
  func glyph(for character: Character) -> Glyph {
    let half = halves[Int(character.unicodeScalars.first?.value ?? 0) % 2]
    return half.lock.withLock {
      if let glyph = half.glyphs[character] { return glyph }
      let glyph = font.rasterise(character)
      half.glyphs[character] = glyph
      return glyph
    }
  }

  /// How wide a line is, in 64ths of a point.
  func width(of line: some StringProtocol) -> Int {
    line.reduce(0) { $0 + glyph(for: $1).width }
  }

  /// How many glyphs there are by now.
  var count: Int { halves.reduce(0) { sum, half in sum + half.lock.withLock { half.glyphs.count } } }
}
