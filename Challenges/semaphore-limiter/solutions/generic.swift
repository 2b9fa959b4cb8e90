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

extension Sequence where Element: Sendable {
  /// The results of an operation on each element, in order, of which at most so many run at once.
  func concurrentMap<Result: Sendable>(
    limit: Int, _ body: @escaping @Sendable (Element) async throws -> Result
  ) async rethrows -> [Result] {
    try await withThrowingTaskGroup(of: (Int, Result).self) { group in
      var rest = enumerated().makeIterator()
      var found: [(Int, Result)] = []
      func addNext() {
        guard let (index, element) = rest.next() else { return }
        group.addTask { (index, try await body(element)) }
      }
      for _ in 0..<limit { addNext() }
      while let pair = try await group.next() {
        found.append(pair)
        addNext()
      }
      return found.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }
}

/// Gets pages from the archive, which has asked not to be sent more than four requests at once.
struct Downloader: Sendable {
  let archive: Archive

  init(_ archive: Archive) { self.archive = archive }

  /// All of these pages, in order.
  func download(_ numbers: [Int]) async -> [Page] {
    let pages = try? await numbers.concurrentMap(limit: 4) { Page(number: $0, text: await archive.text(of: $0)) }
    return (pages ?? []).sorted { $0.number < $1.number }
  }
}
