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
  private struct State {
    var free: Int
    var line: [CheckedContinuation<Void, Never>] = []
  }

  private let state: Mutex<State>

  init(_ count: Int) { state = Mutex(State(free: count)) }

  /// Waits for a slot, and gives the thread back meanwhile.
  func enter() async {
    await withCheckedContinuation { continuation in
      let isFree = state.withLock { state in
        if state.free == 0 { state.line.append(continuation) } else { state.free -= 1; return true }
        return false
      }
      if isFree { continuation.resume() }
    }
  }

  /// Gives a slot back, or hands it to whoever waits for longest.
  func leave() {
    let next = state.withLock { state in
      if !state.line.isEmpty { return state.line.removeFirst() as CheckedContinuation<Void, Never>? }
      state.free += 1
      return nil
    }
    next?.resume()
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
