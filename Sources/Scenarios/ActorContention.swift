import ScenarioRunning
import Synchronization

/// A catalogue in an actor, whose pages many readers ask for at once.
///
/// The fault: pages are rendered in the actor, one after the other, though rendering needs nothing that the actor guards.
enum ActorContention {
  static let scenario = Scenario(
    id: "actor-contention",
    title: "Pages that are rendered one at a time",
    question: "Twelve readers ask one catalogue for pages. What do they wait for?",
    parameters: [
      Parameter("readers", "readers, with a task each", standard: 12, range: 1...200),
      Parameter("pages", "pages that each reader asks for", standard: 40, range: 1...1_000),
      Parameter("articles", "articles on a page", standard: 3_000, range: 1...100_000),
      Parameter("delay", "milliseconds until the price service answers", standard: 2, range: 1...500),
    ],
    profiles: [.mutex, .cpu], alsoUses: ["Upstream.swift"], program: program)

  private static func program(_ variant: Scenario.Variant, _ arguments: Arguments) throws -> Program {
    let (readers, pages, articles) = (arguments["readers"], arguments["pages"], arguments["articles"])
    let prices = try Upstream(milliseconds: arguments["delay"])
    return Program {
      _ = prices.takeMostUnderWay()
      let visitors = Visitors(pages: pages, articles: articles, prices: prices)
      return await visitors.round(variant, readers: readers)
    }
  }
}

private struct Page: Sendable {
  var number: Int
  var html: String
}

/// Makes pages, and counts how many are being made at once.
private final class Template: Sendable {
  private struct Rendering: Sendable {
    var now = 0
    var most = 0
    var nanoseconds: UInt64 = 0
  }

  private let articles: [Int]
  private let rendering = Mutex(Rendering())

  init(articles: Int) { self.articles = (0..<articles).map { $0 &* 7_919 % 10_007 } }

  @inline(never)
  func render(_ number: Int, price: Int) -> Page {
    let began = monotonicNanoseconds()
    note { rendering in
      rendering.now += 1
      rendering.most = max(rendering.most, rendering.now)
    }
    defer {
      note { rendering in
        rendering.now -= 1
        rendering.nanoseconds += monotonicNanoseconds() - began
      }
    }
    var html = "<ul>"
    for article in articles { html += "<li>\(article &* (number + 1)): \(price)</li>" }
    return Page(number: number, html: html + "</ul>")
  }

  @inline(never)
  private func note(_ change: (inout Rendering) -> Void) { rendering.withLock { change(&$0) } }

  /// How many pages were made at once, when most were, and how long all of them took together.
  var most: Int { rendering.withLock { $0.most } }
  var nanoseconds: UInt64 { rendering.withLock { $0.nanoseconds } }
}

// lesson: begin catalogue
private actor Catalogue {
  private let template: Template
  private let prices: Upstream
  private(set) var views = 0
  // lesson: end catalogue

  init(_ template: Template, _ prices: Upstream) { (self.template, self.prices) = (template, prices) }

  // Out of line, so that profiles have its name and not that of whoever called it.
  @inline(never)
  // lesson: begin page
  func page(_ number: Int) async -> Page {
    views += 1
    let price = await prices.reply(to: number)
    return template.render(number, price: price)
  }
  // lesson: end page
}

/// The same, whose pages are made outside of it.
private actor OpenCatalogue {
  private let template: Template
  private let prices: Upstream
  private(set) var views = 0

  init(_ template: Template, _ prices: Upstream) { (self.template, self.prices) = (template, prices) }

  @inline(never)
  // lesson: begin open-page
  nonisolated func page(_ number: Int) async -> Page {
    await countView()
    let price = await prices.reply(to: number)
    return template.render(number, price: price)
  }

  private func countView() { views += 1 }
  // lesson: end open-page
}

/// Readers who each ask for one page after the other.
private struct Visitors: Sendable {
  let pages: Int
  let articles: Int
  let prices: Upstream

  func round(_ variant: Scenario.Variant, readers: Int) async -> Outcome {
    let template = Template(articles: articles)
    let (catalogue, open) = (Catalogue(template, prices), OpenCatalogue(template, prices))
    let began = monotonicNanoseconds()
    var digests: [Int: String] = [:]
    // lesson: begin readers
    await withTaskGroup(of: (Int, String).self) { group in
      for reader in 0..<readers {
        group.addTask {
          var digest = Digest()
          for number in 0..<pages {
            let page =
              switch variant {
              case .faulty: await catalogue.page(number)
              case .fixed: await open.page(number)
              }
            digest.add(page.html.utf8.count)
          }
          return (reader, digest.text)
        }
      }
      for await (reader, digest) in group { digests[reader] = digest }
    }
    // lesson: end readers
    let took = monotonicNanoseconds() - began
    var digest = Digest()
    for (reader, text) in digests.sorted(by: { $0.key < $1.key }) {
      digest.add(reader)
      digest.addPiece(text.utf8)
    }
    let views = variant == .faulty ? await catalogue.views : await open.views
    digest.add(views)
    return Outcome(
      output: digest.text,
      truth: [
        Truth("pages", Double(views), basis: "views, counted by the catalogue"),
        Truth("rendering-at-once", Double(template.most), basis: "pages being rendered when most were, counted"),
        Truth(
          "asking-at-once", Double(prices.takeMostUnderWay()),
          basis: "questions under way when most were, counted by the price service"),
        Truth(
          "rendering-share", Double(template.nanoseconds) / Double(max(took, 1)),
          basis: "time that pages took to render over the time that the round took, by the clock"),
      ])
  }
}
