// fails: new
import Given
import Synchronization

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
  private let free: Mutex<Int>

  init(_ count: Int) { free = Mutex(count) }

  /// Asks for a slot until there is one.
  func enter() async {
    while !take() { await Task.yield() }
  }

  /// Gives a slot back.
  func leave() { free.withLock { $0 += 1 } }

  private func take() -> Bool {
    free.withLock { free in
      if free == 0 { return false }
      free -= 1
      return true
    }
  }
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
        group.addTask { await page(number) }
      }
      return await group.reduce(into: []) { $0.append($1) }.sorted { $0.number < $1.number }
    }
  }

  private func page(_ number: Int) async -> Page {
    await limiter.enter()
    defer { limiter.leave() }
    return Page(number: number, text: await archive.text(of: number))
  }
}
