import ScenarioRunning
import Synchronization

/// A shop whose catalogue is replaced now and then by a new one, while visitors ask for prices.
///
/// The fault: the assignment that replaces it is the last reference to the former one. All of that is freed there, in the
/// actor, object by object.
enum ReleaseCascade {
  static let scenario = Scenario(
    id: "release-cascade",
    title: "An assignment that frees a large graph of objects",
    question: "To ask an actor for a price takes a microsecond, and now and then a hundred thousand. What is it doing?",
    parameters: [
      Parameter("articles", "articles in a catalogue, of several objects each", standard: 25_000, range: 1...1_000_000),
      Parameter("updates", "new catalogues in a round", standard: 3, range: 1...100),
      Parameter("visitors", "visitors who ask for a price every millisecond", standard: 3, range: 1...100),
    ],
    profiles: [.trace, .cpu], program: program)

  private static func program(_ variant: Scenario.Variant, _ arguments: Arguments) throws -> Program {
    let (articles, updates, visitors) = (arguments["articles"], arguments["updates"], arguments["visitors"])
    return Program {
      let former = Catalogue.ends.withLock { $0 }
      let shop = Shop(Catalogue(edition: 0, articles: articles))
      let office = Office(shop: shop, articles: articles)
      let crowd = admit(visitors, to: shop, among: articles)
      let times = await office.open(updates, variant).value
      for visitor in crowd { visitor.cancel() }
      for visitor in crowd { await visitor.value }
      var digest = Digest()
      for article in stride(from: 0, to: articles, by: max(articles / 100, 1)) {
        digest.add(await shop.price(of: article))
      }
      let freedInShop = Catalogue.ends.withLock { $0.inShop } - former.inShop
      return Outcome(
        output: digest.text,
        truth: [
          Truth("updates", Double(updates), basis: "the parameter"),
          Truth("freed-in-shop", Double(freedInShop), basis: "catalogues that ended while they were replaced, counted"),
          Truth(
            "replacing-share", Double(times.replacing) / Double(max(times.making, 1)),
            basis: "time to replace the catalogue, over that to make one, by the clock"),
        ])
    }
  }
}

/// What is sold, for four prices each.
private final class Article: Sendable {
  let name: String
  let sizes: [Size]

  init(_ number: Int, edition: Int) {
    name = "article number \(number) of the catalogue"
    sizes = (0..<3).map { Size(number, $0, edition: edition) }
  }
}

private final class Size: Sendable {
  let label: String
  let price: Int

  init(_ number: Int, _ size: Int, edition: Int) {
    label = "size \(size) of article number \(number)"
    price = (number &* 31 &+ size &* 7 &+ edition) % 10_000
  }
}

private final class Catalogue: Sendable {
  struct Ends: Sendable { var inShop = 0 }

  /// Where catalogues ended.
  static let ends = Mutex(Ends())
  /// Whether the task is replacing a catalogue.
  @TaskLocal static var isReplaced = false

  let articles: [Int: Article]

  init(edition: Int, articles: Int) {
    self.articles = Dictionary(uniqueKeysWithValues: (0..<articles).map { ($0, Article($0, edition: edition)) })
  }

  deinit {
    if Self.isReplaced { Self.ends.withLock { $0.inShop += 1 } }
  }
}

// lesson: begin shop
private actor Shop {
  private var catalogue: Catalogue

  func price(of article: Int) -> Int { catalogue.articles[article]?.sizes[0].price ?? 0 }
  // lesson: end shop

  init(_ catalogue: Catalogue) { self.catalogue = catalogue }

  // Out of line, so that profiles have its name.
  @inline(never)
  // lesson: begin replace
  func replace(with next: Catalogue) {
    catalogue = next
  }
  // lesson: end replace

  @inline(never)
  // lesson: begin replace-and-give-back
  func replaceAndGiveBack(with next: Catalogue) -> Catalogue {
    let former = catalogue
    catalogue = next
    return former
  }
  // lesson: end replace-and-give-back
}

/// Makes the catalogues.
private struct Office: Sendable {
  let shop: Shop
  let articles: Int

  func open(_ updates: Int, _ variant: Scenario.Variant) -> Task<(making: UInt64, replacing: UInt64), Never> {
    Task(name: "office") { await publish(updates, variant) }
  }

  /// How long it took to make them, and to replace them, in nanoseconds.
  private func publish(_ updates: Int, _ variant: Scenario.Variant) async -> (making: UInt64, replacing: UInt64) {
    var (making, replacing): (UInt64, UInt64) = (0, 0)
    for edition in 1...updates {
      let began = monotonicNanoseconds()
      let next = Catalogue(edition: edition, articles: articles)
      let made = monotonicNanoseconds()
      let former = await Catalogue.$isReplaced.withValue(true) { () async -> Catalogue? in
        switch variant {
        case .faulty:
          await shop.replace(with: next)
          return nil
        case .fixed: return await shop.replaceAndGiveBack(with: next)
        }
      }
      making += made - began
      replacing += monotonicNanoseconds() - made
      drop(former)
      // Others are served in between.
      try? await Task.sleep(for: .milliseconds(5))
    }
    return (making, replacing)
  }
}

private func admit(_ visitors: Int, to shop: Shop, among articles: Int) -> [Task<Void, Never>] {
  var tasks: [Task<Void, Never>] = []
  for visitor in 0..<visitors {
    tasks.append(Task(name: "visitor") { await visit(shop, from: visitor, among: articles) })
  }
  return tasks
}

/// The last that anybody has of a catalogue.
@inline(never)
private func drop(_ catalogue: consuming Catalogue?) {}

// lesson: begin visit
/// Asks for a price every millisecond, until it is cancelled.
private func visit(_ shop: Shop, from visitor: Int, among articles: Int) async {
  var article = visitor
  while !Task.isCancelled {
    try? await Task.sleep(for: .milliseconds(1))
    _ = await shop.price(of: article % articles)
    article += 1
  }
}
// lesson: end visit
