/// What the search index keeps of a page: for each section its heading and how its text begins.
struct SearchText: Equatable {
  struct Section: Equatable {
    var id: String
    var title: String
    var text: [UInt8] = []
  }

  private(set) var sections = [Section(id: "", title: "")]
  /// Bytes kept of a section's text.
  private let limit: Int
  private var room: Int
  private var inTitle = false

  init(limit: Int = 280) {
    self.limit = limit
    room = limit
  }

  /// The bytes to keep of a section in a site of so many pages: nearly all in a book, the beginning in a large site.
  static func limit(pages: Int) -> Int { pages <= 100 ? 1500 : 280 }

  /// Begins a section at a heading; deeper ones stay part of the section they are in.
  mutating func begin(section id: String, title: String, level: Int) {
    inTitle = true
    guard level <= 3 else { return }
    sections.append(Section(id: id, title: title))
    room = limit
  }

  mutating func endTitle() { inTitle = false }

  /// Adds running text.
  mutating func add(_ text: Bytes) {
    guard room > 0, !inTitle, let last = sections.indices.last else { return }
    let taken = text.prefix(room)
    sections[last].text.append(contentsOf: taken)
    room -= taken.count
  }

  /// Keeps the words of two blocks apart.
  mutating func separate() {
    guard room > 0, let last = sections.indices.last, !sections[last].text.isEmpty else { return }
    sections[last].text.append(UInt8(ascii: " "))
    room -= 1
  }
}
