// fails: new
import Synchronization
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

/// Gets pages from the archive, which has asked not to be sent more than four requests at once.
struct Downloader: Sendable {
  let archive: Archive

  init(_ archive: Archive) { self.archive = archive }

  /// All of these pages, in order.
  func download(_ numbers: [Int]) async -> [Page] {
    let underWay = Count()
    return await withTaskGroup(of: Page.self) { group in
      for number in numbers {
        while underWay.value.load(ordering: .acquiring) >= 4 {}
        underWay.value.add(1, ordering: .acquiringAndReleasing)
        group.addTask {
          let text = await archive.text(of: number)
          underWay.value.subtract(1, ordering: .acquiringAndReleasing)
          return Page(number: number, text: text)
        }
      }
      return await group.reduce(into: []) { $0.append($1) }.sorted { $0.number < $1.number }
    }
  }
}

private final class Count: Sendable { let value = Atomic(0) }
