import Yams

/// What the `mkdocs.yml` beside a directory of Markdown says that matters for its pages.
///
/// It is read if it says that the directory is its own (`docs_dir`, `docs` if it says nothing), from beside it or a
/// directory above. One beside it that is no YAML is told of.
struct MkDocsSettings: Equatable, Sendable {
  /// Its path; nil if there is none.
  private(set) var file: String?
  /// The site's name, a sentence about it, its address and its language.
  private(set) var siteName: String?
  private(set) var siteDescription: String?
  private(set) var siteURL: String?
  private(set) var language: String?
  /// The pages in their order; nil if the generator is to find one.
  private(set) var nav: [MkDocsNavigation]?
  /// Files that are left out, those left out until they are finished, and those that `nav` leaves out on purpose.
  private(set) var excluded = IgnorePatterns()
  private(set) var drafts = IgnorePatterns()
  private(set) var unlisted = IgnorePatterns()
  /// What the signs of plain text mean.
  var dialect = Dialect()
  /// Directories in which snippets are looked for, behind the content itself.
  var snippetRoots: [String] = []
  /// Files that are appended to every page.
  var appended: [String] = []
  /// What is wrong with the file.
  private(set) var problem: Problem?
  /// Tells one state of the file from another.
  private(set) var key = ""

  private static let limit = 1 << 20
  /// How many directories above the content are looked at: `docs_dir` may be `docs/en`.
  private static let levels = 4

  /// The settings of the content in a directory.
  init(of content: String) {
    var project = SitePath.directory(of: content)
    for _ in 0..<Self.levels where file == nil {
      let name = content.dropFirst(project.count)
      for file in ["mkdocs.yml", "mkdocs.yaml"] where self.file == nil {
        guard let stamp = FileStamp(project + file), stamp.size <= Self.limit,
          let bytes = try? Files.read(project + file)
        else { continue }
        read(
          String(decoding: bytes, as: UTF8.self), of: project + file, project: String(project), content: String(name))
      }
      guard project.count > 1 else { return }
      project = SitePath.directory(of: String(project.dropLast()))
    }
  }

  private mutating func read(_ yaml: String, of file: String, project: String, content: String) {
    let root: Node?
    do {
      root = try FrontMatter.yaml(yaml)
    } catch {
      if !content.contains("/") {
        problem = Problem(file: file, line: max(1, error.line - 1), message: error.message, severity: .warning)
      }
      return
    }
    guard case .mapping(let mapping)? = root else { return }
    let directory = mapping["docs_dir"]?.scalar?.string ?? "docs"
    guard SitePath.resolve(directory, in: "") == content else { return }
    var hash = ContentHash()
    hash.add(yaml)
    key = hash.hex
    self.file = file
    func text(_ name: String) -> String? { mapping[name]?.scalar?.string }
    (siteName, siteDescription) = (text("site_name"), text("site_description"))
    siteURL = text("site_url").flatMap { $0.contains("://") ? $0 : nil }
    language = mapping["theme"]?.mapping?["language"]?.scalar?.string
    nav = mapping["nav"].flatMap { $0.sequence == nil ? nil : MkDocsNavigation.list($0) }
    excluded = IgnorePatterns(text("exclude_docs") ?? "")
    drafts = IgnorePatterns(text("draft_docs") ?? "")
    unlisted = IgnorePatterns(text("not_in_nav") ?? "")
    let extensions = mapping["markdown_extensions"]
    let options = extensions.map(Self.options) ?? [:]
    if extensions != nil { dialect = Dialect(extensions: Set(options.keys)) }
    dialect.isMkDocs = true
    dialect.hasPrintersQuotes = Self.isEnglish(language)
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

  /// Whether quotation marks are those of English.
  private static func isEnglish(_ language: String?) -> Bool {
    language.map { $0.lowercased() == "en" || $0.lowercased().hasPrefix("en-") } ?? true
  }

  private static func texts(_ node: Node) -> [String] {
    node.scalar.map { [$0.string] } ?? node.sequence?.compactMap { $0.scalar?.string } ?? []
  }
}
