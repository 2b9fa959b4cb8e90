import Foundation
@_spi(Judge) import Given
import ScenarioRunning
import Synchronization

@testable import Attempt

enum Harness {
  static let scenario = Scenario(
    id: "render-cache",
    title: "The cache that never once answered",
    question: "A cache of pages grows by some megabytes an hour. How many of its answers come from it?",
    parameters: [
      Parameter("seed", "what the inputs are drawn from", standard: 1, range: 0...1_000_000_000),
      Parameter("size", "requests of a round", standard: 2_000, range: 500...20_000),
    ],
    profiles: [.heap, .cpu], heapRounds: 6, program: program)

  private static func program(_: Scenario.Variant, _ arguments: ScenarioRunning.Arguments) throws -> Program {
    let shop = Shop(requests: arguments["size"], seed: UInt64(arguments["seed"]))
    return Program { shop.round() }
  }

  /// Visitors of a shop, whose cache lives as long as the program does. Each round they ask for the same pages.
  private final class Shop: Sendable {
    private struct Wish: Hashable { var template: String, language: String, width: Int }

    private let wishes: [Wish]
    private let kinds: Int
    private let edited: String
    private let renderer = Renderer()
    private let cache: PageCache
    private let rounds = Atomic(0)
    private let firstTrace: UInt64

    init(requests: Int, seed: UInt64) {
      var random = ScenarioRunning.SplitMix64(seed: seed)
      let languages = ["de-DE", "en-GB", "fr-FR", "pl-PL", "sv-SE"]
      let templates = (0..<8).map { "page-\(Int.random(in: 1_000...9_999, using: &random))-\($0)" }
      let widths = [360, 414, 768, 1_280, 1_920]
      var wishes: [Wish] = []
      for template in templates {
        for language in languages {
          // Each is asked for, some much more often than others.
          for width in widths { wishes.append(Wish(template: template, language: language, width: width)) }
        }
      }
      kinds = wishes.count
      for _ in kinds..<max(requests, kinds) {
        let place = Double.random(in: 0..<1, using: &random)
        wishes.append(wishes[Int(place * place * Double(kinds))])
      }
      self.wishes = wishes.shuffled(using: &random)
      edited = templates[Int.random(in: 0..<templates.count, using: &random)]
      firstTrace = random.next()
      cache = PageCache(renderer: renderer)
    }

    func round() -> Outcome {
      let number = rounds.add(1, ordering: .relaxed).newValue
      var digest = ScenarioRunning.Digest()
      for (index, wish) in wishes.enumerated() {
        let trace = Trace(traceID(number, index), in: renderer)
        let response = cache.respond(
          to: RenderRequest(template: wish.template, language: wish.language, width: wish.width, trace: trace))
        digest.add(response.page.html)
        digest.add((response.trace === trace ? 1 : 0) as UInt8)
      }
      let needed = number == 1 ? kinds : kinds / 8
      let made = renderer.takeCount()
      let (kept, traces) = (renderer.pagesAlive, renderer.tracesAlive)
      // One template is edited between any two rounds: its pages are made anew in the next.
      cache.forget(template: edited)
      return Outcome(
        output: digest.text,
        truth: [
          Truth("requests", Double(wishes.count), isTotal: true, basis: "counted as they are asked"),
          Truth("pages", Double(kinds), basis: "different ones, of which a round asks for each"),
          Truth("rendered", Double(made), isTotal: true, basis: "pages made, counted by the renderer"),
          Truth(
            "rendered-again", Double(max(made - needed, 0)), isTotal: true,
            basis: "pages made that had been made before"),
          Truth(
            "not-rendered", Double(max(needed - made, 0)), isTotal: true,
            basis: "pages that had changed, and were not made anew"),
          Truth("kept-too-many", Double(max(kept - kinds, 0)), basis: "pages alive beyond one of each"),
          Truth(
            "traces-too-many", Double(max(traces - kinds, 0)),
            basis: "traces alive after the round beyond one for each page, of requests that were all answered"),
        ])
    }

    /// Sixteen digits that no other request has.
    private func traceID(_ round: Int, _ index: Int) -> String {
      var random = ScenarioRunning.SplitMix64(seed: firstTrace ^ UInt64(round) << 32 ^ UInt64(index))
      let text = String(random.next(), radix: 16)
      return String(repeating: "0", count: 16 - text.count) + text
    }
  }
}
