import Yams

/// What `nav` in a `mkdocs.yml` names, in its order.
indirect enum MkDocsNavigation: Equatable, Sendable {
  /// A Markdown file, by its path in the content, and what it is called there.
  case page(path: String, title: String?, line: Int)
  /// An address elsewhere, or a file that is no page.
  case link(title: String, address: String, line: Int)
  case section(title: String, [MkDocsNavigation])

  /// More entries, or deeper ones, are not read.
  private static let (maximumCount, maximumDepth) = (20_000, 24)

  /// The entries of a list; those that say nothing are left out.
  static func list(_ node: Node) -> [MkDocsNavigation] {
    var left = maximumCount
    return list(node, depth: 0, &left)
  }

  private static func list(_ node: Node, depth: Int, _ left: inout Int) -> [MkDocsNavigation] {
    guard depth < maximumDepth else { return [] }
    var result: [MkDocsNavigation] = []
    for item in node.sequence ?? [] {
      if let path = item.scalar {
        result += entry(path, title: nil, &left)
      }
      for (title, value) in item.mapping ?? [:] {
        let title = title.scalar?.string ?? ""
        if let path = value.scalar {
          result += entry(path, title: title, &left)
        } else {
          result.append(.section(title: title, list(value, depth: depth + 1, &left)))
        }
      }
    }
    return result
  }

  private static func entry(_ scalar: Node.Scalar, title: String?, _ left: inout Int) -> [MkDocsNavigation] {
    left -= 1
    guard left >= 0, !scalar.string.isEmpty else { return [] }
    let line = scalar.mark?.line ?? 0
    guard !scalar.string.contains("://"), !scalar.string.hasPrefix("/"), !scalar.string.hasPrefix("mailto:"),
      let path = SitePath.resolve(scalar.string, in: ""), SitePath.isMarkdown(path) || scalar.string.hasSuffix("/")
    else { return [.link(title: title ?? scalar.string, address: scalar.string, line: line)] }
    return [.page(path: path, title: title, line: line)]
  }

  /// The pages in here, one after another.
  var pages: [(path: String, title: String?, line: Int)] {
    switch self {
    case .page(let path, let title, let line): [(path, title, line)]
    case .link: []
    case .section(_, let entries): entries.flatMap(\.pages)
    }
  }
}
