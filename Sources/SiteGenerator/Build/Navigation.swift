/// The pages in reading order, in sections: one for each directory.
struct Navigation: Sendable {
  struct Section: Sendable {
    /// The directory, with its `/`; empty for the top.
    var directory: String
    var title: String
    /// Indices of its pages.
    var pages: [Int]
  }

  let pages: [PageSource]
  private(set) var sections: [Section] = []
  /// Whether there is a feed: it lists the pages that have a date.
  let hasFeed: Bool
  /// All pages, one after another.
  private(set) var order: [Int] = []
  /// A hash of what the list says of each page.
  private(set) var hashes: [Int] = []
  private var place: [Int] = []
  private var sectionOf: [Int] = []

  /// The page that stands for any address without one: in no list.
  static let missing = "404.html"

  /// More entries than this are not listed at once.
  static let limit = 60

  init(_ pages: [PageSource]) {
    self.pages = pages
    hasFeed = pages.contains { $0.date != nil }
    var byDirectory: [String: [Int]] = [:]
    for index in pages.indices where pages[index].page != Self.missing {
      byDirectory[String(SitePath.directory(of: pages[index].path)), default: []].append(index)
    }
    var keyed: [(order: Int, section: Section)] = []
    for (directory, members) in byDirectory {
      let sorted = members.sorted { Self.precedes(pages[$0], pages[$1]) }
      let index = sorted.first { Self.isIndex(pages[$0]) }
      let title =
        directory.isEmpty ? "" : index.map { pages[$0].title } ?? PageSource.name(String(directory.dropLast()))
      let order = directory.isEmpty ? Int.min : index.flatMap { pages[$0].order } ?? Int.max
      keyed.append((order, Section(directory: directory, title: title, pages: sorted)))
    }
    keyed.sort {
      if $0.order != $1.order { return $0.order < $1.order }
      return NaturalOrder.precedes($0.section.directory, $1.section.directory)
    }
    sections = keyed.map(\.section)
    order = sections.flatMap(\.pages)
    place = Array(repeating: 0, count: pages.count)
    sectionOf = place
    hashes = pages.map { page in
      var hash = ContentHash()
      hash.add(page.title)
      hash.add(page.page)
      return hash.number
    }
    for (at, page) in order.enumerated() { place[page] = at }
    for (at, section) in sections.enumerated() { for page in section.pages { sectionOf[page] = at } }
  }

  /// The page before a page in reading order.
  func previous(_ page: Int) -> Int? { place[page] > 0 ? order[place[page] - 1] : nil }

  private func isListed(_ page: Int) -> Bool { pages[page].page != Self.missing }

  /// The page after it.
  func next(_ page: Int) -> Int? {
    isListed(page) && place[page] + 1 < order.count ? order[place[page] + 1] : nil
  }

  /// What the list beside a page shows: everything in a small site; in a large one the page's section, cut to its
  /// neighbours, and the first page of every other section near it.
  func list(for page: Int) -> [Section] {
    if order.count <= Self.limit { return sections }
    let current = sectionOf[page]
    let near = Self.window(sections.count, around: current)
    return near.map { at in
      var section = sections[at]
      if at == current {
        let index = section.pages.firstIndex(of: page) ?? 0
        section.pages = Self.window(section.pages.count, around: index).map { section.pages[$0] }
      } else {
        section.pages = Array(section.pages.prefix(1))
      }
      return section
    }
  }

  private static func window(_ count: Int, around index: Int) -> Range<Int> {
    let half = limit / 2
    let start = max(0, min(index - half, count - limit))
    return start..<min(count, start + limit)
  }

  static func isIndex(_ page: PageSource) -> Bool {
    page.page == SitePath.directory(of: page.page) + "index.html"
  }

  private static func precedes(_ left: PageSource, _ right: PageSource) -> Bool {
    if isIndex(left) != isIndex(right) { return isIndex(left) }
    let (first, second) = (left.order ?? .max, right.order ?? .max)
    return first != second ? first < second : NaturalOrder.precedes(left.path, right.path)
  }
}

/// The order in which people expect names: `2.md` before `10.md`.
enum NaturalOrder {
  static func precedes(_ left: String, _ right: String) -> Bool {
    var (left, right) = (left, right)
    return left.withUTF8 { a in right.withUTF8 { b in precedes(a, b) } }
  }

  private static func precedes(_ a: Bytes, _ b: Bytes) -> Bool {
    var (i, j) = (0, 0)
    while i < a.count, j < b.count {
      if CodeByte.isDigit(a[i]), CodeByte.isDigit(b[j]) {
        let (first, second) = (number(a, &i), number(b, &j))
        if first.count != second.count { return first.count < second.count }
        if !first.elementsEqual(second) { return first.lexicographicallyPrecedes(second) }
      } else {
        if a[i] != b[j] { return a[i] < b[j] }
        i += 1
        j += 1
      }
    }
    return a.count - i != b.count - j ? a.count - i < b.count - j : a.lexicographicallyPrecedes(b)
  }

  /// The digits at an index, zeros before them left out.
  private static func number(_ text: Bytes, _ at: inout Int) -> Slice<Bytes> {
    let start = at
    while at < text.count, CodeByte.isDigit(text[at]) { at += 1 }
    return text[start..<at].drop { $0 == UInt8(ascii: "0") }
  }
}
