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

  /// A map of the given Markdown files and other files.
  init(pages paths: [String], assets: [String: FileStamp]) {
    self.assets = assets
    let all = Set(paths)
    for path in paths {
      let directory = SitePath.directory(of: path)
      let name = path.dropFirst(directory.count)
      let isIndex = name == "index.md" || (name == "README.md" && !all.contains(directory + "index.md"))
      let page = SitePath.page(for: path, isIndex: isIndex)
      pages[path] = page
      sources[page] = path
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
    guard let target = SitePath.resolve(path, in: directory) else { return .dead("leads out of the site: \(href)") }
    func address(_ target: String) -> String { SitePath.relative(target, from: directory) + tail }

    if let page = pages[target] { return .page(source: target, url: address(page), fragment: fragment) }
    if let source = sources[target] { return .page(source: source, url: address(target), fragment: fragment) }
    let index = target.isEmpty ? "index.html" : target + "/index.html"
    if let source = sources[index] { return .page(source: source, url: address(index), fragment: fragment) }
    if let source = sources[target + ".html"] {
      return .page(source: source, url: address(target + ".html"), fragment: fragment)
    }
    if assets[target] != nil { return .asset(path: target, url: address(target)) }
    return .dead("no such \(target.hasSuffix(".md") ? "page" : "file"): \(path)")
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
