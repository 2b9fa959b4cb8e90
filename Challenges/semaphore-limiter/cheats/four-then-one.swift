// fails: new
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
    var pages = await withTaskGroup(of: Page.self) { group in
      for number in numbers.prefix(4) { group.addTask { Page(number: number, text: await archive.text(of: number)) } }
      return await group.reduce(into: [Page]()) { $0.append($1) }
    }
    for number in numbers.dropFirst(4) { pages.append(Page(number: number, text: await archive.text(of: number))) }
    return pages.sorted { $0.number < $1.number }
  }
}
