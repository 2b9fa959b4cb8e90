import CCMark

/// A Markdown file as the rest of the site sees it: what it is called and where it stands.
struct PageSource: Equatable, Sendable {
  /// Its path in the content.
  var path: String
  /// Its page's path in the site.
  var page: String
  var title: String
  /// What the site's navigation calls it; nil if that says nothing.
  var navigationTitle: String?
  var description: String
  var date: String?
  var order: Int?
  /// What stands before its title in lists and above its text: `2a`; nil for nothing.
  var number: String?
  /// Whether its text has a heading that names the page.
  var hasHeading = false
  /// Whether a search finds it.
  var isSearched = true

  /// What it is called everywhere but in its own text.
  var shownTitle: String { navigationTitle ?? title }

  /// The same with its number: `2a. CPU profiling`.
  var numberedTitle: String { number.map { "\($0). \(shownTitle)" } ?? shownTitle }
}

/// A Markdown file in memory, ready to be rendered.
struct PageText {
  let bytes: [UInt8]
  private(set) var front = FrontMatter()
  private(set) var problem: FrontMatter.Failure?
  private(set) var isRepaired = false
  /// Where its lines come from, and what was included; nil if all are the file's own.
  private(set) var expansion: Snippets.Expansion?
  /// Its shortcodes.
  private(set) var shortcodes: [(name: String, line: Int)] = []

  /// Takes a file's content; line ends and broken UTF-8 are repaired, snippets included.
  init(_ content: [UInt8], of file: String = "", snippets: Snippets = Snippets()) {
    var bytes = content
    if bytes.starts(with: [0xef, 0xbb, 0xbf]) { bytes.removeFirst(3) }
    if String(validating: bytes, as: UTF8.self) == nil {
      bytes = Array(String(decoding: bytes, as: UTF8.self).utf8)
      isRepaired = true
    }
    if bytes.contains(0x0d) { bytes = Self.unixLines(bytes) }
    if let expansion = snippets.expand(bytes, of: file) {
      bytes = expansion.bytes
      self.expansion = expansion
    }
    if let (expanded, found) = Shortcodes.expand(bytes) {
      bytes = expanded
      shortcodes = found
    }
    self.bytes = bytes
    do {
      front = try bytes.withUnsafeBufferPointer { text throws(FrontMatter.Failure) in try FrontMatter(in: text) }
    } catch {
      problem = error
      front.textStart = error.textStart
      front.firstLine = error.firstLine
    }
  }

  static func unixLines(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    for (at, byte) in bytes.enumerated() {
      if byte == 0x0d {
        if at + 1 < bytes.count, bytes[at + 1] == 0x0a { continue }
        result.append(0x0a)
      } else {
        result.append(byte)
      }
    }
    return result
  }

  /// The text of the first heading of level one outside code.
  func heading() -> String? {
    bytes.withUnsafeBufferPointer { text -> String? in
      var fence: Fence?
      var start = front.textStart
      var before: Line?
      while start < text.count {
        let line = Line(start: start, end: text.lineEnd(from: start), number: 0)
        start = line.end + 1
        let (at, column) = line.content(in: text)
        guard at < line.end, column < 4 else {
          before = nil
          continue
        }
        if let open = fence {
          if open.isClosed(by: text, from: at, to: line.end) { fence = nil }
          continue
        }
        fence = Fence(opening: text, from: at, to: line.end, container: 0)
        if text.has("# ", at: at) { return Self.plain(text, Line(start: at + 2, end: line.end, number: 0)) }
        if let before, text[at..<line.trimmedEnd(in: text).end].allSatisfy({ $0 == UInt8(ascii: "=") }) {
          return Self.plain(text, before)
        }
        before = line
      }
      return nil
    }
  }

  /// A line's text without markup and attributes.
  private static func plain(_ text: Bytes, _ line: Line) -> String {
    var line = line.trimmedEnd(in: text)
    if let (open, _) = AttributeList.trailing(in: text, line.start..<line.end) { line.end = open }
    let source = "# " + text.string(line.start..<line.end)
    let tree = CMarkTree { cmark_parser_feed($0, source, source.utf8.count) }
    guard let tree else { return source }
    return InlineScanner.plain(CMarkNode(tree.root).plainText)
  }
}

extension PageSource {
  /// What a file's text says of it; a file without title or heading is called by its name.
  init(path: String, page: String, text: PageText) {
    let heading = text.heading()
    self.init(
      path: path, page: page, title: text.front.title ?? heading ?? Self.name(path),
      description: text.front.description ?? "", date: text.front.date, order: text.front.order,
      number: text.front.number, hasHeading: heading != nil, isSearched: text.front.isSearched)
  }

  /// `lessons/cpu-profiling.md` as a title: `Cpu profiling`.
  static func name(_ path: String) -> String {
    var name = SitePath.stem(path) ?? path[...]
    if name == "index" || name == "README" { return "Home" }
    for index in ["/index", "/README"] where name.hasSuffix(index) { name = name.dropLast(index.count) }
    name = name.dropFirst(SitePath.directory(of: String(name)).count)
    let words = name.split { $0 == "-" || $0 == "_" }.joined(separator: " ")
    return words.prefix(1).uppercased() + words.dropFirst()
  }
}
