// fails: gone
import Foundation
import Given
import Synchronization

final class GlyphCache: @unchecked Sendable {
  private final class Shard: Sendable {
    let glyphs = Mutex<[Character: Glyph]>([:])
  }
  private let font: Font
  private let shards = (0..<8).map { _ in Shard() }

  init(font: Font) { self.font = font }

  func glyph(for character: Character) -> Glyph {
    shards[Int(character.hashValue.magnitude % 8)].glyphs.withLock { glyphs in
      if let glyph = glyphs[character] { return glyph }
      let glyph = font.rasterise(character)
      glyphs[character] = glyph
      return glyph
    }
  }

  /// How wide a line is, in 64ths of a point.
  func width(of line: some StringProtocol) -> Int {
    line.reduce(0) { $0 + glyph(for: $1).width }
  }

  var count: Int { shards.reduce(0) { $0 + $1.glyphs.withLock { $0.count } } }
}
