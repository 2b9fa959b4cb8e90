/// The pages in reading order, in sections: one for each directory, or as `nav` in the site's `mkdocs.yml` has them.
struct Navigation: Sendable {
  /// One line of the list.
  enum Entry: Equatable, Sendable {
    /// A page, by its index.
    case page(Int)
    case link(title: String, address: String)

    var page: Int? {
      if case .page(let index) = self { return index }
      return nil
    }
  }

  struct Section: Sendable {
    /// The directory, with its `/`; empty for the top.
    var directory = ""
    var title: String
    /// How many sections it lies in.
    var depth = 0
    var entries: [Entry] = []
    /// Whether it goes on with the section around the one before it.
    var isRest = false

    /// Indices of its pages.
    var pages: [Int] { entries.compactMap(\.page) }
  }

  let pages: [PageSource]
  private(set) var sections: [Section] = []
  /// Whether there is a feed: it lists the pages that have a date.
  let hasFeed: Bool
  /// The pages that are listed, one after another.
  private(set) var order: [Int] = []
  /// These, and those that `nav` leaves out.
  private(set) var all: [Int] = []
  /// A hash of what the list says of each page.
  private(set) var hashes: [Int] = []
  /// Where in the order each page stands; nil for one that is not listed.
  private var place: [Int?] = []
  private var sectionOf: [Int] = []

  /// The page that stands for any address without one: in no list.
  static let missing = "404.html"

  /// More entries than this are not listed at once.
  static let limit = 60

  /// The order of the given pages: that of `nav`, if there is any.
  init(_ pages: [PageSource], nav: [MkDocsNavigation]? = nil) {
    self.pages = pages
    hasFeed = pages.contains { $0.date != nil }
    if let nav { addSections(nav) } else { addDirectories() }
    order = sections.flatMap(\.pages)
    place = Array(repeating: nil, count: pages.count)
    sectionOf = Array(repeating: 0, count: pages.count)
    hashes = pages.map { page in
      var hash = ContentHash()
      hash.add(page.numberedTitle)
      hash.add(page.page)
      return hash.number
    }
    for (at, page) in order.enumerated() { place[page] = at }
    all = order + pages.indices.filter { place[$0] == nil && pages[$0].page != Self.missing }
    for (at, section) in sections.enumerated() { for page in section.pages { sectionOf[page] = at } }
  }

  // MARK: By directory

  private mutating func addDirectories() {
    var byDirectory: [String: [Int]] = [:]
    for index in pages.indices where pages[index].page != Self.missing {
      byDirectory[String(SitePath.directory(of: pages[index].path)), default: []].append(index)
    }
    var keyed: [(order: Int, section: Section)] = []
    for (directory, members) in byDirectory {
      let sorted = members.sorted { Self.precedes(pages[$0], pages[$1]) }
      let index = sorted.first { Self.isIndex(pages[$0]) }
      let title =
        directory.isEmpty ? "" : index.map { pages[$0].shownTitle } ?? PageSource.name(String(directory.dropLast()))
      // Where its index asks to stand, or else the first of its pages that asks.
      let asked = index.flatMap { pages[$0].order } ?? sorted.compactMap { pages[$0].order }.min()
      let order = directory.isEmpty ? Int.min : asked ?? Int.max
      keyed.append((order, Section(directory: directory, title: title, entries: sorted.map { .page($0) })))
    }
    keyed.sort {
      if $0.order != $1.order { return $0.order < $1.order }
      return NaturalOrder.precedes($0.section.directory, $1.section.directory)
    }
    sections = keyed.map(\.section)
  }

  static func isIndex(_ page: PageSource) -> Bool {
    page.page == SitePath.directory(of: page.page) + "index.html"
  }

  private static func precedes(_ left: PageSource, _ right: PageSource) -> Bool {
    if isIndex(left) != isIndex(right) { return isIndex(left) }
    let (first, second) = (left.order ?? .max, right.order ?? .max)
    return first != second ? first < second : NaturalOrder.precedes(left.path, right.path)
  }

  // MARK: By `nav`

  private mutating func addSections(_ nav: [MkDocsNavigation]) {
    var left: [String: Int] = [:]
    for index in pages.indices where pages[index].page != Self.missing { left[pages[index].path] = index }
    sections.append(Section(title: ""))
    add(nav, depth: 0, &left)
    sections.removeAll { $0.entries.isEmpty && $0.title.isEmpty }
  }

  /// Adds entries to the last section, and a section for each that there is in them; what follows one goes on in a
  /// section without a title.
  private mutating func add(_ nav: [MkDocsNavigation], depth: Int, _ left: inout [String: Int]) {
    for entry in nav {
      switch entry {
      case .page(let path, _, _):
        // A page that is named twice stands where it is named first.
        if let index = left.removeValue(forKey: path) {
          sections[sections.count - 1].entries.append(.page(index))
        } else if path.isEmpty || !SitePath.isMarkdown(path) {
          addDirectory(path.isEmpty ? "" : path + "/", &left)
        }
      case .link(let title, let address, _):
        sections[sections.count - 1].entries.append(.link(title: title, address: address))
      case .section(let title, let entries):
        sections.append(Section(title: title, depth: depth))
        add(entries, depth: depth + 1, &left)
        sections.append(Section(title: "", depth: depth, isRest: true))
      }
    }
  }

  /// Adds all pages of a directory that are not named yet.
  private mutating func addDirectory(_ directory: String, _ left: inout [String: Int]) {
    let members = left.filter { $0.key.hasPrefix(directory) }
    for key in members.keys { left[key] = nil }
    sections[sections.count - 1].entries += members.values.sorted { Self.precedes(pages[$0], pages[$1]) }
      .map { .page($0) }
  }

  // MARK: Around a page

  /// The page before a page in reading order.
  func previous(_ page: Int) -> Int? { place[page].flatMap { $0 > 0 ? order[$0 - 1] : nil } }

  /// The page after it.
  func next(_ page: Int) -> Int? { place[page].flatMap { $0 + 1 < order.count ? order[$0 + 1] : nil } }

  /// What the list beside a page shows: everything in a small site; in a large one the page's section, cut to its
  /// neighbours, and the first page of every other section near it.
  func list(for page: Int) -> [Section] {
    if order.count <= Self.limit { return sections }
    let current = sectionOf[page]
    let near = Self.window(sections.count, around: current)
    return near.map { at in
      var section = sections[at]
      if at == current {
        let index = section.entries.firstIndex(of: .page(page)) ?? 0
        section.entries = Self.window(section.entries.count, around: index).map { section.entries[$0] }
      } else {
        section.entries = Array(section.entries.prefix(1))
      }
      return section
    }
  }

  private static func window(_ count: Int, around index: Int) -> Range<Int> {
    let half = limit / 2
    let start = max(0, min(index - half, count - limit))
    return start..<min(count, start + limit)
  }
}
