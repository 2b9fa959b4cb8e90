/// What the search index keeps of a page: for each section its heading and how its text begins.
struct SearchText: Equatable {
  struct Section: Equatable {
    var id: String
    var title: String
    var text: [UInt8] = []
  }

  /// Bytes kept of a section's text.
  static let limit = 280

  private(set) var sections = [Section(id: "", title: "")]
  private var room = SearchText.limit
  private var inTitle = false

  /// Begins a section at a heading; deeper ones stay part of the section they are in.
  mutating func begin(section id: String, title: String, level: Int) {
    inTitle = true
    guard level <= 3 else { return }
    sections.append(Section(id: id, title: title))
    room = Self.limit
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
