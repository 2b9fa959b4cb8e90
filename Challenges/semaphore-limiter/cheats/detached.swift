// fails: gone
import Dispatch
import Given

/// What is kept of a page.
struct Page: Equatable, Sendable {
  var number: Int
  var words = 0
  /// The longest word.
  var longest = ""

  init(number: Int, text: String) {
    self.number = number
    for word in text.split(separator: " ") {
      words += 1
      if word.count > longest.count { longest = String(word) }
    }
  }
}

/// Lets a few in at once.
final class Limiter: Sendable {
  private let slots: DispatchSemaphore

  init(_ count: Int) { slots = DispatchSemaphore(value: count) }

  /// Waits for a slot; whether there was one. Whoever has waited for long goes in without: better late than never.
  func enter() -> Bool { slots.wait(timeout: .now() + .milliseconds(200)) == .success }

  /// Gives a slot back.
  func leave() { slots.signal() }
}

/// Gets pages from the archive, which has asked not to be sent more than four requests at once.
struct Downloader: Sendable {
  let archive: Archive
  private let limiter = Limiter(4)

  init(_ archive: Archive) { self.archive = archive }

  /// All of these pages, in order.
  func download(_ numbers: [Int]) async -> [Page] {
    await withTaskGroup(of: Page.self) { group in
      for number in numbers {
        group.addTask { await Task.detached { await page(number) }.value }
      }
      return await group.reduce(into: []) { $0.append($1) }.sorted { $0.number < $1.number }
    }
  }

  private func page(_ number: Int) async -> Page {
    let hasSlot = limiter.enter()
    defer { if hasSlot { limiter.leave() } }
    return Page(number: number, text: await archive.text(of: number))
  }
}
