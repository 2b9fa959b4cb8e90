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
    let others = (0..<UInt32(threads) - 1).compactMap { number in
      Unicode.Scalar(first + UInt32(alphabet.count) + number).map(Character.init)
    }
    return Program { await round(pages, others, Font(weight: weight)) }
  }

  /// A page of ten characters for each glyph: some are frequent, most are not.
  private static func page(of alphabet: [Character], _ random: inout ScenarioRunning.SplitMix64) -> [Character] {
    (0..<alphabet.count * 10).map { _ in
      let place = Double.random(in: 0..<1, using: &random)
      return alphabet[Int(place * place * place * Double(alphabet.count))]
    }
  }

  private static func round(_ pages: [[Character]], _ others: [Character], _ font: Font) async -> Outcome {
    let cache = GlyphCache(font: font)
    let drawnBefore = font.drawn
    let layouts = await withCheckedContinuation { (done: CheckedContinuation<[String?], Never>) in
      let rest = Mutex<(left: Int, layouts: [String?])>((pages.count, pages.map { _ in nil }))
      let shared = Shared(rest)
      for (number, page) in pages.enumerated() {
        Thread.detachNewThread {
          let layout = layOut(page, cache)
          let all = shared.put(layout, at: number)
          if let all { done.resume(returning: all) }
        }
      }
    }
    var digest = ScenarioRunning.Digest()
    for layout in layouts { digest.addPiece((layout ?? "").utf8) }
    digest.add(cache.count)
    let (needed, drawn) = (Set(pages.joined()), font.drawn - drawnBefore)
    let probe = Probe(cache: cache, font: font)
    let (atOnce, late) = await probe.run(drawing: others, asking: needed.sorted())
    return Outcome(
      output: digest.text,
      truth: [
        Truth("glyphs", Double(needed.count), basis: "different characters of all pages"),
        Truth(
          "drawn-again", Double(max(drawn - needed.count, 0)), basis: "drawings of what had been drawn, by the font"),
        Truth("not-drawn", Double(max(needed.count - drawn, 0)), basis: "characters that the font was not asked for"),
        Truth(
          "held-drawings", Double(atOnce), basis: "of seven glyphs that seven threads ask for, those drawn at once"),
        Truth(
          "held-lookups", Double(late),
          basis: "of all glyphs that are there, those that nobody could get while seven others were being drawn"),
      ])
  }

  private final class Shared: Sendable {
    private let rest: Mutex<(left: Int, layouts: [String?])>
    init(_ rest: consuming sending Mutex<(left: Int, layouts: [String?])>) { self.rest = rest }

    /// All of them, from the last.
    func put(_ layout: String, at number: Int) -> [String?]? {
      rest.withLock { rest in
        rest.layouts[number] = layout
        rest.left -= 1
        return rest.left == 0 ? rest.layouts : nil
      }
    }
  }

  private static func layOut(_ page: [Character], _ cache: GlyphCache) -> String {
    var digest = ScenarioRunning.Digest()
    for (index, character) in page.enumerated() {
      let glyph = cache.glyph(for: character)
      digest.add(glyph.width)
      digest.add(glyph.dots[index % glyph.dots.count])
      digest.add(glyph.character.utf8)
    }
    digest.add(cache.width(of: String(page.prefix(200))))
    return digest.text
  }
}

/// Has glyphs drawn that do not end, and looks who has to wait for them.
private final class Probe: Sendable {
  private let cache: GlyphCache
  private let font: Font
  private let answered = Atomic(0)
  private let left = Atomic(0)

  init(cache: GlyphCache, font: Font) { (self.cache, self.font) = (cache, font) }

  /// How many of the new ones are drawn at once, and how many of those that are there nobody can get meanwhile.
  func run(drawing new: [Character], asking known: [Character]) async -> (atOnce: Int, late: Int) {
    font.holdDrawings(true)
    for character in new { start { $0.cache.glyph(for: character) } }
    await rest { font.held == new.count }
    let atOnce = font.held
    // Where drawings wait for each other, all else waits as well.
    guard atOnce == new.count else {
      await end()
      return (atOnce, 0)
    }
    start { probe in
      for character in known {
        _ = probe.cache.glyph(for: character)
        probe.answered.add(1, ordering: .releasing)
      }
    }
    await rest { answered.load(ordering: .acquiring) == known.count }
    let late = known.count - answered.load(ordering: .acquiring)
    await end()
    return (atOnce, late)
  }

  private func end() async {
    font.holdDrawings(false)
    while left.load(ordering: .acquiring) > 0 { try? await Task.sleep(for: .milliseconds(1)) }
  }

  private func start<Result>(_ body: @escaping @Sendable (Probe) -> Result) {
    left.add(1, ordering: .relaxed)
    Thread.detachNewThread { [self] in
      _ = body(self)
      left.subtract(1, ordering: .releasing)
    }
  }

  /// How many looks have to agree that nothing moves, 5 ms from one to the next. They are counted and not timed: on a
  /// machine that is busy with other things nobody is at rest who would go on. Who asks without end is never at rest.
  private static let looks = 10, most = 200

  /// Waits until it is so, or nothing moves any more.
  private func rest(until isSo: () -> Bool) async {
    var (agreed, seen, same) = (0, 0, 0)
    while !isSo(), agreed < Self.looks, same < Self.most {
      try? await Task.sleep(for: .milliseconds(5))
      let now = font.held + answered.load(ordering: .acquiring)
      same = now == seen ? same + 1 : 0
      agreed = now == seen && !Self.othersRun() ? agreed + 1 : 0
      seen = now
    }
  }

  /// Whether a thread of this process but the caller is running or would be if it had a processor.
  private static func othersRun() -> Bool {
    let link = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self")) ?? ""
    let own = link.split(separator: "/").last.map(String.init) ?? ""
    for thread in (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? [] where thread != own {
      guard let text = try? String(contentsOfFile: "/proc/self/task/\(thread)/stat", encoding: .utf8),
        let name = text.lastIndex(of: ")")
      else { continue }
      if text[name...].dropFirst(2).first == "R" { return true }
    }
    return false
  }
}
