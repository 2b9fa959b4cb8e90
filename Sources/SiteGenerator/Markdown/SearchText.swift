/// What the search index keeps of a page: for each section its heading, and its text, code and output or how they begin.
struct SearchText: Equatable {
  struct Section: Equatable {
    var id: String
    var title: String
    var text: [UInt8] = []
  }

  /// Bytes of text to keep.
  struct Budget: Equatable {
    var section: Int
    var page: Int

    /// All of a book; of a large site, whose index every searching reader loads, a few megabytes in all.
    init(pages: Int) {
      section = pages <= 100 ? .max : 280
      page = pages <= 100 ? .max : max(280, 2_500_000 / pages)
    }
  }

  private(set) var sections = [Section(id: "", title: "")]
  private var budget: Budget
  /// What is left for the section.
  private var room: Int
  private var inTitle = false
  /// Whether what comes is not to be found: answers, which a search would tell before the question is read.
  var isSecret = false

  init(budget: Budget = Budget(pages: 1)) {
    self.budget = budget
    room = budget.section
  }

  /// Begins a section at a heading; deeper ones stay part of the section they are in.
  mutating func begin(section id: String, title: String, level: Int) {
    inTitle = true
    guard level <= 3 else { return }
    sections.append(Section(id: id, title: title))
    room = min(budget.section, budget.page)
  }

  /// Passes over the text of a heading until its section begins.
  mutating func beginTitle() { inTitle = true }

  mutating func endTitle() { inTitle = false }

  /// Adds running text.
  mutating func add(_ text: Bytes) {
    guard room > 0, !inTitle, !isSecret, let last = sections.indices.last else { return }
    let taken = text.prefix(room)
    sections[last].text.append(contentsOf: taken)
    room -= taken.count
    budget.page -= taken.count
  }

  /// Adds a block of its own, such as code.
  mutating func add(block: Bytes) {
    separate()
    add(block)
    separate()
  }

  /// Adds a block to a section that may have ended.
  mutating func add(block: Bytes, toSection section: Int) {
    guard sections.indices.contains(section) else { return }
    let left = min(budget.section - sections[section].text.count, budget.page) - 1
    guard left > 0 else { return }
    let taken = block.prefix(left)
    sections[section].text.append(UInt8(ascii: " "))
    sections[section].text.append(contentsOf: taken)
    budget.page -= taken.count + 1
  }

  /// Keeps the words of two blocks apart.
  mutating func separate() {
    guard room > 0, let last = sections.indices.last, !sections[last].text.isEmpty else { return }
    sections[last].text.append(UInt8(ascii: " "))
    room -= 1
  }
}
