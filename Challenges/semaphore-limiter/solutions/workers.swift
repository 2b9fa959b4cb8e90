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

/// Which page is next.
private actor Cursor {
  private var rest: ArraySlice<Int>

  init(_ numbers: [Int]) { rest = numbers[...] }

  func next() -> Int? { rest.popFirst() }
}

/// Gets pages from the archive, which has asked not to be sent more than four requests at once.
struct Downloader: Sendable {
  let archive: Archive

  init(_ archive: Archive) { self.archive = archive }

  /// All of these pages, in order.
  func download(_ numbers: [Int]) async -> [Page] {
    // Four who take one page after the other.
    let cursor = Cursor(numbers)
    return await withTaskGroup(of: [Page].self) { group in
      for _ in 0..<4 {
        group.addTask {
          var pages: [Page] = []
          while let number = await cursor.next() { pages.append(await page(number)) }
          return pages
        }
      }
      return await group.reduce(into: []) { $0 += $1 }.sorted { $0.number < $1.number }
    }
  }

  private func page(_ number: Int) async -> Page {
    Page(number: number, text: await archive.text(of: number))
  }
}
