/// Every file of the content, and where it goes: what links are checked against.
struct SiteMap: Sendable {
  /// Where a link in a page leads.
  enum Destination: Equatable {
    /// Out of the site, or nothing to check: left as written.
    case elsewhere
    /// A page, by its source, and the address to write.
    case page(source: String, url: String, fragment: String)
    /// A copied file, and the address to write.
    case asset(path: String, url: String)
    /// Nowhere.
    case dead(String)
  }

  /// From a Markdown file's path to its page's.
  private(set) var pages: [String: String] = [:]
  private(set) var assets: [String: FileStamp] = [:]
  private var sources: [String: String] = [:]
  /// Markdown files that are not published yet.
  private let drafts: Set<String>
  /// Files that would take each other's place, with what is wrong; only the first of each place is in the map.
  private(set) var clashes: [(path: String, message: String)] = []

  /// A map of the given Markdown files and other files.
  init(pages paths: [String], assets: [String: FileStamp], drafts: Set<String> = []) {
    self.assets = assets
    self.drafts = drafts
    let indexed = Set(
      paths.filter { SitePath.stem($0)?.dropFirst(SitePath.directory(of: $0).count) == "index" }
        .map { String(SitePath.directory(of: $0)) })
    for path in paths {
      let directory = SitePath.directory(of: path)
      let name = path.dropFirst(directory.count)
      let stem = SitePath.stem(String(name)) ?? name
      let isIndex = stem == "index" || (stem == "README" && !indexed.contains(String(directory)))
      let page = SitePath.page(for: path, isIndex: isIndex)
      if let other = sources[page] {
        clashes.append((path, "becomes \(page), as \(other) does: rename one of them"))
        continue
      }
      pages[path] = page
      sources[page] = path
    }
    for path in assets.keys.sorted() {
      if let page = sources[path] {
        clashes.append((path, "is where the page of \(page) goes: rename one of them"))
        self.assets[path] = nil
      } else if SiteExtras.own.contains(path) {
        clashes.append((path, "is the name of a file that the site has of its own: rename it"))
        self.assets[path] = nil
      }
    }
  }

  /// Where `href` leads from the page made of `source`.
  func resolve(_ href: String, from source: String) -> Destination {
    guard !href.isEmpty else { return .dead("empty link") }
    if Self.hasScheme(href) || href.hasPrefix("//") { return .elsewhere }
    let hash = href.firstIndex(of: "#") ?? href.endIndex
    let fragment = hash < href.endIndex ? SitePath.decoded(href[href.index(after: hash)...]) : ""
    let beforeHash = href[..<hash]
    let question = beforeHash.firstIndex(of: "?") ?? beforeHash.endIndex
    let path = SitePath.decoded(beforeHash[..<question])
    let tail = beforeHash[question...]
    let directory = SitePath.directory(of: source)
    if path.isEmpty { return .page(source: source, url: String(tail), fragment: fragment) }
    let target = SitePath.resolve(path, in: directory)
    if let target, let found = destination(target, from: directory, tail, fragment, href) { return found }
    // MkDocs gives each page a directory of its own, from which authors count who write the ways of pages.
    if let stem = SitePath.stem(source), stem.dropFirst(directory.count) != "index",
      let other = SitePath.resolve(path, in: stem + "/"),
      let found = destination(other, from: directory, tail, fragment, href)
    {
      return found
    }
    guard let target else {
      let top = SitePath.resolve(path, in: directory, stays: true)
      return top.flatMap { destination($0, from: directory, tail, fragment, href) }
        ?? .dead("leads out of the site: \(href)")
    }
    if drafts.contains(target) { return .dead("leads to a draft: \(path)") }
    return .dead("no such \(SitePath.isMarkdown(target) ? "page" : "file"): \(path)")
  }

  private func destination(
    _ target: String, from directory: Substring, _ tail: Substring, _ fragment: String, _ href: String
  ) -> Destination? {
    func address(_ target: String) -> String { SitePath.encoded(SitePath.relative(target, from: directory)) + tail }
    if let page = pages[target] { return .page(source: target, url: address(page), fragment: fragment) }
    if let source = sources[target] { return .page(source: source, url: address(target), fragment: fragment) }
    let index = target.isEmpty ? "index.html" : target + "/index.html"
    if let source = sources[index] { return .page(source: source, url: address(index), fragment: fragment) }
    if let source = sources[target + ".html"] {
      return .page(source: source, url: address(target + ".html"), fragment: fragment)
    }
    guard assets[target] != nil else { return nil }
    return .asset(path: target, url: address(target) + href[(href.firstIndex(of: "#") ?? href.endIndex)...])
  }

  private static func hasScheme(_ href: String) -> Bool {
    for (index, byte) in href.utf8.enumerated() {
      switch byte {
      case UInt8(ascii: ":"): return index > 1
      case 0x41...0x5a, 0x61...0x7a: continue
      case 0x30...0x39, UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."): if index == 0 { return false }
      default: return false
      }
    }
    return false
  }
}
