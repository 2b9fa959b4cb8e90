import Foundation
import ScenarioRunning
import Synchronization

@testable import Attempt

enum Harness {
  static let scenario = Scenario(
    id: "template-tokens",
    title: "The template that takes four times as long when it is twice as long",
    question: "A template of 50 kB is split in half a second. Where does the time go?",
    parameters: [
      Parameter("seed", "what the inputs are drawn from", standard: 1, range: 0...1_000_000_000),
      Parameter("size", "fields of the template", standard: 2_000, range: 100...20_000),
    ],
    profiles: [.cpu], program: program)

  private static func program(_: Scenario.Variant, _ arguments: ScenarioRunning.Arguments) throws -> Program {
    var random = ScenarioRunning.SplitMix64(seed: UInt64(arguments["seed"]))
    let sections = (0..<40).map { _ in section(of: arguments["size"] / 40, &random) }
    let broken = (0..<6).map { brokenTemplate($0, &random) }
    let rounds = Rounds(seed: UInt64(arguments["seed"]))
    return Program { try round(sections, broken, rounds.next()) }
  }

  /// A part of a template, which begins with a field and ends with text.
  private struct Section {
    var text = ""
    var tokens = 0
  }

  /// What is different in each round, so that what was found in one is of no use in the next: the order of the sections,
  /// and a word at the end of each.
  private struct Turn {
    var order: [Int]
    var word: String
  }

  /// Counts the rounds.
  private final class Rounds: Sendable {
    private let seed: UInt64
    private let count = Atomic<UInt64>(0)

    init(seed: UInt64) { self.seed = seed }

    func next() -> Turn {
      let number = count.add(1, ordering: .relaxed).newValue
      var random = ScenarioRunning.SplitMix64(seed: seed ^ (number << 32))
      return Turn(
        order: Array(0..<40).shuffled(using: &random), word: String(random.next() % 0xFFFF_FFFF + 1, radix: 36))
    }
  }

  private static let words = ["your", "order", "Größe", "of", "the", "déjà", "parcel", "sent", "on", "Łódź", "at", "-"]
  private static let names = ["name", "order.number", "street", "city", "shop", "total", "date", "voucher"]

  private static func section(of fields: Int, _ random: inout ScenarioRunning.SplitMix64) -> Section {
    var section = Section()
    for field in 0..<fields {
      section.text += "{{\(pick(names, &random))}} "
      section.tokens += 1
      // Now and then two fields follow each other.
      if field < fields - 1, Int.random(in: 0..<25, using: &random) == 0 {
        section.text.removeLast()
        continue
      }
      section.tokens += 1
      for _ in 0..<Int.random(in: 1...3, using: &random) { section.text += pick(words, &random) + " " }
      if Int.random(in: 0..<20, using: &random) == 0 { section.text += pick(["{ ", "}} ", ":{- "], &random) }
    }
    return section
  }

  private static func brokenTemplate(_ number: Int, _ random: inout ScenarioRunning.SplitMix64) -> String {
    let before = (0..<Int.random(in: 1...9, using: &random)).map { _ in pick(words, &random) }.joined(separator: " ")
    let after = (0..<Int.random(in: 0...9, using: &random)).map { _ in pick(words, &random) }.joined(separator: " ")
    return before + ["{{", "{{}}", "{{na me}}", "{{name}", "{{name", "{{}"][number] + after
  }

  private static func pick(_ texts: [String], _ random: inout ScenarioRunning.SplitMix64) -> String {
    texts[Int.random(in: 0..<texts.count, using: &random)]
  }

  private static func round(_ sections: [Section], _ broken: [String], _ turn: Turn) throws -> Outcome {
    let template = turn.order.map { sections[$0].text + turn.word }.joined()
    let tokens = try Tokenizer().tokens(of: template)
    var digest = ScenarioRunning.Digest()
    digest.add(tokens.count)
    for part in digests(of: tokens, sections, turn) { digest.addPiece(part.utf8) }
    for template in broken { digest.addPiece(failure(template).utf8) }
    return Outcome(
      output: digest.text,
      truth: [
        Truth("tokens", Double(sections.reduce(0) { $0 + $1.tokens }), basis: "counted when the template was drawn"),
        Truth("bytes", Double(template.utf8.count), basis: "of the template"),
      ])
  }

  /// A digest for each section, in the order in which they were drawn.
  private static func digests(of tokens: [Token], _ sections: [Section], _ turn: Turn) -> [String] {
    var parts = Array(repeating: "none", count: sections.count)
    var rest = tokens[...]
    for number in turn.order {
      var digest = ScenarioRunning.Digest()
      let count = sections[number].tokens
      for (index, token) in rest.prefix(count).enumerated() {
        switch token {
        case .field(let name):
          digest.add(0 as UInt8)
          digest.add(name.utf8)
        case .text(let text):
          digest.add(1 as UInt8)
          // The last text of a section ends with the round's own word.
          let isMarked = index == count - 1 && text.hasSuffix(turn.word)
          digest.add(isMarked ? text.utf8.dropLast(turn.word.utf8.count) : text.utf8[...])
        }
        digest.add(0xFF as UInt8)
      }
      parts[number] = digest.text
      rest = rest.dropFirst(count)
    }
    return parts
  }

  private static func failure(_ template: String) -> String {
    do { return "\(try Tokenizer().tokens(of: template).count)" } catch { return "\(error)" }
  }
}
