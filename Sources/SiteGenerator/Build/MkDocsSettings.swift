import Yams

/// What the `mkdocs.yml` beside a directory of Markdown says that matters for its pages.
///
/// It is read if it says that the directory is its own (`docs_dir`, `docs` if it says nothing). A file that cannot be
/// read, or is no YAML, is none.
struct MkDocsSettings: Equatable, Sendable {
  /// The site's name.
  var siteName: String?
  /// What the signs of plain text mean.
  var dialect = Dialect()
  /// Directories in which snippets are looked for, behind the content itself.
  var snippetRoots: [String] = []
  /// Files that are appended to every page.
  var appended: [String] = []
  /// Tells one state of the file from another.
  private(set) var key = ""

  private static let limit = 1 << 20

  /// The settings of the content in a directory.
  init(of content: String) {
    let project = SitePath.directory(of: content)
    let name = content.dropFirst(project.count)
    for file in ["mkdocs.yml", "mkdocs.yaml"] {
      guard let stamp = FileStamp(project + file), stamp.size <= Self.limit, let bytes = try? Files.read(project + file)
      else { continue }
      read(String(decoding: bytes, as: UTF8.self), project: String(project), content: String(name))
    }
  }

  private mutating func read(_ yaml: String, project: String, content: String) {
    guard FrontMatter.depth(of: yaml) <= 32, let root = try? Yams.compose(yaml: yaml, .default, .default, .utf8),
      case .mapping(let mapping)? = root as Node?
    else { return }
    let directory = mapping["docs_dir"]?.scalar?.string ?? "docs"
    guard SitePath.resolve(directory, in: "") == content else { return }
    var hash = ContentHash()
    hash.add(yaml)
    key = hash.hex
    siteName = mapping["site_name"]?.scalar?.string
    guard let extensions = mapping["markdown_extensions"] else { return }
    let options = Self.options(of: extensions)
    dialect = Dialect(extensions: Set(options.keys))
    let plugins = mapping["plugins"].map { Self.options(of: $0) } ?? [:]
    dialect.hasForeignReferences = plugins.keys.contains("mkdocstrings") || plugins.keys.contains("autorefs")
    // Python-Markdown's own keeps but ASCII.
    dialect.keepsLetters = (options["toc"] ?? nil)?["slugify"] != nil
    if let tabs = options["pymdownx.tabbed"] ?? nil, tabs["slugify"] != nil {
      dialect.tabIDs = tabs["combine_header_slug"]?.bool == true ? .belowSection : .ofTitle
    }
    guard let snippets = options["pymdownx.snippets"] else { return }
    // Snippets are looked for in the project itself unless it says where; never outside of it.
    let roots = snippets?["base_path"].map(Self.texts) ?? ["."]
    snippetRoots = roots.compactMap { SitePath.resolve($0, in: "") }.map { project + $0 }
    appended = (snippets?["auto_append"].map(Self.texts) ?? []).compactMap { SitePath.resolve($0, in: "") }
      .map { project + $0 }
  }

  /// The extensions by name, with what is said of them.
  private static func options(of node: Node) -> [String: Node.Mapping?] {
    var result: [String: Node.Mapping?] = [:]
    if let mapping = node.mapping {
      for (name, value) in mapping { result[name.scalar?.string ?? ""] = .some(value.mapping) }
    }
    for item in node.sequence ?? [] {
      if let name = item.scalar?.string { result[name] = .some(nil) }
      for (name, value) in item.mapping ?? [:] { result[name.scalar?.string ?? ""] = .some(value.mapping) }
    }
    return result
  }

  private static func texts(_ node: Node) -> [String] {
    node.scalar.map { [$0.string] } ?? node.sequence?.compactMap { $0.scalar?.string } ?? []
  }
}
