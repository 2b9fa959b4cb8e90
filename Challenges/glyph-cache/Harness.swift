import Foundation
@_spi(Judge) import Given
import ScenarioRunning
import Synchronization

@testable import Attempt

enum Harness {
  static let scenario = Scenario(
    id: "glyph-cache",
    title: "Everybody waits for a letter that somebody else wants",
    question: "Eight threads ask one cache for glyphs, most of which are there. What do they wait for?",
    parameters: [
      Parameter("seed", "what the inputs are drawn from", standard: 1, range: 0...1_000_000_000),
      Parameter("size", "glyphs", standard: 200, range: 50...1_000),
    ],
    profiles: [.mutex, .cpu], program: program)

  private static let threads = 8

  private static func program(_: Scenario.Variant, _ arguments: ScenarioRunning.Arguments) throws -> Program {
    var random = ScenarioRunning.SplitMix64(seed: UInt64(arguments["seed"]))
    let weight = random.next() | 1
    let first = UInt32.random(in: 0x4E00...0x8000, using: &random)
    let alphabet = (0..<UInt32(arguments["size"])).compactMap { Unicode.Scalar(first + $0).map(Character.init) }
    let pages = (0..<threads).map { _ in page(of: alphabet, &random) }
    return Program { await round(pages, Font(weight: weight)) }
  }

  /// A page of ten characters for each glyph: some are frequent, most are not.
  private static func page(of alphabet: [Character], _ random: inout ScenarioRunning.SplitMix64) -> [Character] {
    (0..<alphabet.count * 10).map { _ in
      let place = Double.random(in: 0..<1, using: &random)
      return alphabet[Int(place * place * place * Double(alphabet.count))]
    }
  }

  /// What a thread found.
  private struct Layout: Sendable {
    var digest = ScenarioRunning.Digest()
    /// Lookups of what was there already, and of these those in which a drawing came to its end.
    var (hits, late) = (0, 0)
  }

  private static func round(_ pages: [[Character]], _ font: Font) async -> Outcome {
    let cache = GlyphCache(font: font)
    let drawnBefore = font.drawn
    let layouts = await withCheckedContinuation { (done: CheckedContinuation<[Layout?], Never>) in
      let rest = Mutex<(left: Int, layouts: [Layout?])>((pages.count, pages.map { _ in nil }))
      let shared = Shared(rest)
      for (number, page) in pages.enumerated() {
        Thread.detachNewThread {
          let layout = layOut(page, cache, font)
          let all = shared.put(layout, at: number)
          if let all { done.resume(returning: all) }
        }
      }
    }
    var digest = ScenarioRunning.Digest()
    for layout in layouts { digest.addPiece((layout?.digest.text ?? "").utf8) }
    digest.add(cache.count)
    let (needed, drawn) = (Set(pages.joined()).count, font.drawn - drawnBefore)
    return Outcome(
      output: digest.text,
      truth: [
        Truth("glyphs", Double(needed), basis: "different characters of all pages"),
        Truth("drawn-again", Double(max(drawn - needed, 0)), basis: "drawings of what had been drawn, by the font"),
        Truth("not-drawn", Double(max(needed - drawn, 0)), basis: "characters that the font was not asked for"),
        Truth("drawn-at-once", Double(font.mostAtOnce), basis: "drawings under way when most were, by the font"),
        Truth("hits", Double(layouts.reduce(0) { $0 + ($1?.hits ?? 0) }), basis: "lookups of glyphs that were there"),
        Truth(
          "late-hits", Double(layouts.reduce(0) { $0 + ($1?.late ?? 0) }),
          basis: "lookups of glyphs that were there, in which the drawing of another came to its end"),
      ])
  }

  private final class Shared: Sendable {
    private let rest: Mutex<(left: Int, layouts: [Layout?])>
    init(_ rest: consuming sending Mutex<(left: Int, layouts: [Layout?])>) { self.rest = rest }

    /// All of them, from the last.
    func put(_ layout: Layout, at number: Int) -> [Layout?]? {
      rest.withLock { rest in
        rest.layouts[number] = layout
        rest.left -= 1
        return rest.left == 0 ? rest.layouts : nil
      }
    }
  }

  private static func layOut(_ page: [Character], _ cache: GlyphCache, _ font: Font) -> Layout {
    var layout = Layout()
    var there: Set<Character> = []
    for (index, character) in page.enumerated() {
      // Now and then it looks what the others have drawn. What it has had itself is there in any case.
      if index % 50 == 0 { there = font.characters }
      let isHit = there.contains(character)
      let before = font.drawn
      let glyph = cache.glyph(for: character)
      let after = font.drawn
      there.insert(character)
      layout.hits += isHit ? 1 : 0
      layout.late += isHit && after > before ? 1 : 0
      layout.digest.add(glyph.width)
      layout.digest.add(glyph.dots[index % glyph.dots.count])
      layout.digest.add(glyph.character.utf8)
    }
    layout.digest.add(cache.width(of: String(page.prefix(200))))
    return layout
  }
}
