import Foundation
import Given

/// The glyphs of a font, each of which is drawn once and kept.
///
/// The pages of a document are laid out by several threads at once, and all of them ask the same cache.
final class GlyphCache: @unchecked Sendable {
  private let font: Font
  /// Guards what is below.
  private let lock = NSCondition()
  private var glyphs: [Character: Glyph] = [:]
  /// What somebody is drawing just now.
  private var underWay: Set<Character> = []

  init(font: Font) { self.font = font }

  /// The glyph of a character.
  func glyph(for character: Character) -> Glyph {
    lock.lock()
    while true {
      if let glyph = glyphs[character] {
        lock.unlock()
        return glyph
      }
      if underWay.insert(character).inserted { break }
      lock.wait()
    }
    lock.unlock()
    let glyph = font.rasterise(character)
    lock.lock()
    glyphs[character] = glyph
    underWay.remove(character)
    lock.broadcast()
    lock.unlock()
    return glyph
  }

  /// How wide a line is, in 64ths of a point.
  func width(of line: some StringProtocol) -> Int {
    line.reduce(0) { $0 + glyph(for: $1).width }
  }

  /// How many glyphs there are by now.
  var count: Int { lock.withLock { glyphs.count } }
}
