import Platform

/// One run over a site: look at the files, render what changed, check what links to what, write the rest.
struct SiteBuild {
  let generator: SiteGenerator
  let writes: Bool
  private var last = Manifest()
  private var report = BuildReport()
  private var manifest = Manifest()
  private var snippets = Snippets()

  init(_ generator: SiteGenerator, writes: Bool) {
    self.generator = generator
    self.writes = writes
  }

  mutating func run() throws -> BuildReport {
    let theme = try Theme(directory: generator.theme, figures: generator.evidence.styles)
    if writes {
      last = Manifest(at: cachePath)
      // Entries of unchanged pages are taken from the index on the disk: without it nothing is unchanged.
      if FileStamp(path(of: SiteExtras.searchIndex)) != last.extras[SiteExtras.searchIndex] { last.pages = [] }
    }
    let found = try contentFiles()
    let settings = MkDocsSettings(of: generator.content)
    let files = found.filter { !settings.excluded.contain($0.path) }
    if let problem = settings.problem { report.problems.append(problem) }
    snippets = Snippets(content: generator.content, settings: settings)
    let all = readSources(files.filter { SitePath.isMarkdown($0.path) })
    let drafts = all.filter { $0.isDraft || settings.drafts.contain($0.source.path) }.map(\.source.path)
    let isDraft = Set(drafts)
    for draft in drafts { report(draft, "a draft, left out", .note) }
    let others = files.filter { !SitePath.isMarkdown($0.path) }
    let site = SiteMap(
      pages: all.map(\.source.path).filter { !isDraft.contains($0) },
      assets: Dictionary(uniqueKeysWithValues: others.map { ($0.path, $0.stamp) }), drafts: isDraft)
    for clash in site.clashes { report(clash.path, clash.message, .error) }
    let sources = all.filter { site.pages[$0.source.path] != nil }
    let assets = others.filter { site.assets[$0.path] != nil }
    let titles = checkNav(of: settings, sources)
    let navigation = Navigation(
      sources.map { source in
        var page = source.source
        page.page = site.pages[page.path] ?? page.page
        page.navigationTitle = titles[page.path]
        return page
      }, nav: settings.nav)
    let glossary = try glossary(of: sources)
    manifest.environment = environment(theme, settings, files.map(\.path), glossary.text)
    if writes { try makeDirectories(for: navigation.pages) }

    let maker = PageMaker(
      generator: generator, theme: theme, site: site, navigation: navigation, environment: manifest.environment,
      writes: writes, snippets: snippets, dialect: settings.dialect, glossary: glossary.terms)
    let known = Dictionary(last.pages.map { ($0.source.path, $0) }) { first, _ in first }
    let outcomes = inParallel(sources.count) { maker.make($0, sources[$0], last: known[sources[$0].source.path]) }
    for outcome in outcomes {
      let made = try outcome.get()
      manifest.pages.append(made.record)
      report.problems += made.record.problems
      if made.isNew { report.written.append(made.record.source.page) } else { report.unchanged += 1 }
    }
    report.problems += LinkCheck.problems(in: manifest.pages, content: generator.content)
    if writes {
      let extras = SiteExtras(generator: generator, theme: theme, site: site, navigation: navigation)
      try write(extras)
      try writeSearchIndex()
      try copy(assets)
      removeStale()
      try manifest.save(to: cachePath)
    }
    finishReport()
    return report
  }

  private var cachePath: String {
    if let path = generator.options.cache { return path }
    let directory = SitePath.directory(of: generator.output)
    return "\(directory).\(generator.output.dropFirst(directory.count)).cache"
  }

  // MARK: Looking

  private mutating func contentFiles() throws -> [(path: String, stamp: FileStamp)] {
    var passedOver = generator.options.excluded
    if generator.output.hasPrefix(generator.content + "/") {
      passedOver.append(String(generator.output.dropFirst(generator.content.count + 1)))
    }
    var unreadable: [FileError] = []
    let files = try Files.tree(generator.content, unreadable: &unreadable)
    report.problems += unreadable.map { Problem(file: $0.path, line: 0, message: $0.description) }
    return files.filter { file in !passedOver.contains { file.path == $0 || file.path.hasPrefix($0 + "/") } }
  }

  /// Says that something is wrong with a file of the content as a whole.
  private mutating func report(_ path: String, _ message: String, _ severity: Problem.Severity) {
    report.problems.append(
      Problem(file: "\(generator.content)/\(path)", line: 0, message: message, severity: severity))
  }

  /// What each Markdown file says of itself; those untouched since the last build are not read.
  private func readSources(_ files: [(path: String, stamp: FileStamp)]) -> [ReadSource] {
    let known = Dictionary(last.pages.map { ($0.source.path, $0) }) { first, _ in first }
    let content = generator.content
    let snippets = snippets
    return inParallel(files.count) { index in
      let (path, stamp) = files[index]
      if let record = known[path], record.stamp == stamp, record.included.allSatisfy({ FileStamp($0.file) == $0.stamp })
      {
        return ReadSource(
          source: record.source, stamp: stamp, contentHash: record.contentHash, included: record.included)
      }
      guard let bytes = try? Files.read(content + "/" + path) else {
        return ReadSource(source: PageSource(path: path, page: path, text: PageText([])), stamp: stamp, contentHash: "")
      }
      let text = PageText(bytes, of: content + "/" + path, snippets: snippets)
      var hash = ContentHash()
      hash.add(bytes)
      if text.expansion != nil { hash.add(text.bytes) }
      return ReadSource(
        source: PageSource(path: path, page: path, text: text), stamp: stamp, contentHash: hash.hex, text: text,
        included: text.expansion?.included ?? [], isDraft: text.front.isDraft)
    }
  }

  /// The page whose terms others link to, if there is one.
  private func glossary(of sources: [ReadSource]) throws -> (terms: Glossary?, text: [UInt8]) {
    guard let page = sources.map(\.source.path).first(where: Glossary.isGlossary) else { return (nil, []) }
    let bytes = try Files.read(generator.content + "/" + page)
    return (Glossary(path: page, text: String(decoding: bytes, as: UTF8.self)), bytes)
  }

  /// What `nav` calls its pages; tells which of them there are not, and which pages it leaves out.
  private mutating func checkNav(of settings: MkDocsSettings, _ sources: [ReadSource]) -> [String: String] {
    guard let nav = settings.nav, let file = settings.navFile else { return [:] }
    let known = Set(sources.map(\.source.path))
    var titles: [String: String] = [:]
    var listed: Set<String> = []
    for (path, title, line) in nav.flatMap(\.pages) {
      if known.contains(path), listed.insert(path).inserted { titles[path] = title }
      guard SitePath.isMarkdown(path), !known.contains(path) else { continue }
      report.problems.append(
        Problem(file: file, line: line, message: "no such page: \(path)", severity: .warning))
    }
    // One that names a directory lists what is in it.
    let directories = nav.flatMap(\.pages).map(\.path).filter { !SitePath.isMarkdown($0) }.map {
      $0.isEmpty ? "" : $0 + "/"
    }
    for path in known.subtracting(listed).sorted()
    where !settings.unlisted.contain(path) && !directories.contains(where: path.hasPrefix) && path != "404.md" {
      report(path, "not in the nav of \(file.dropFirst(SitePath.directory(of: file).count))", .note)
    }
    return titles
  }

  private func environment(
    _ theme: Theme, _ settings: MkDocsSettings, _ paths: [String], _ glossary: [UInt8]
  ) -> String {
    var hash = ContentHash()
    hash.add(theme.key)
    hash.add(settings.key)
    let options = generator.options
    let licence = options.licence.map { "\($0.name) \($0.url)" } ?? ""
    for text in [
      options.baseURL, options.title, options.description, options.language, options.sourceURL ?? "",
      options.editURL ?? "", licence, options.hasPictures ? "pictures" : "", generator.content,
    ] {
      hash.add(text)
    }
    if let program = FileStamp(ThisProgram.path) {
      hash.add(program.size)
      hash.add(program.modified)
    }
    for path in paths { hash.add(path) }
    hash.add(glossary)
    return hash.hex
  }

  // MARK: Writing

  private func makeDirectories(for pages: [PageSource]) throws {
    try Files.makeDirectory(generator.output)
    for directory in Set(pages.map { SitePath.directory(of: $0.page) }).sorted() {
      try Files.makeDirectory("\(generator.output)/\(directory)")
    }
  }

  /// Writes what goes with the pages, unless all of it stands as it was written.
  private mutating func write(_ extras: SiteExtras) throws {
    manifest.extrasKey = extras.key(manifest.environment)
    let stand = last.extras.filter { $0.key != SiteExtras.searchIndex }
    if manifest.extrasKey == last.extrasKey, stand.allSatisfy({ FileStamp(path(of: $0.key)) == $0.value }) {
      manifest.extras = stand
      return
    }
    for (path, bytes) in extras.all() { try write(bytes, to: path) }
  }

  private mutating func write(_ bytes: [UInt8], to file: String) throws {
    let full = path(of: file)
    try Files.makeDirectory(String(SitePath.directory(of: full)))
    _ = try Files.update(full, with: bytes)
    manifest.extras[file] = FileStamp(full)
  }

  /// Writes the search index if an entry changed; those that did not are taken from the last one.
  private mutating func writeSearchIndex() throws {
    let stands = last.pages.count == manifest.pages.count && manifest.pages.allSatisfy { $0.search == nil }
    if stands, !last.pages.isEmpty {
      manifest.extras[SiteExtras.searchIndex] = last.extras[SiteExtras.searchIndex]
      return
    }
    let old = last.pages.isEmpty ? [] : SearchIndex.entries(in: try Files.read(path(of: SiteExtras.searchIndex)))
    let place = Dictionary(last.pages.enumerated().map { ($1.source.path, $0) }) { first, _ in first }
    let entries = manifest.pages.map { page -> ArraySlice<UInt8> in
      if let entry = page.search { return entry[...] }
      return place[page.source.path].flatMap { $0 < old.count ? old[$0] : nil } ?? []
    }
    try write(SearchIndex.script(entries), to: SiteExtras.searchIndex)
  }

  private func path(of file: String) -> String { generator.output + "/" + file }

  /// Copies assets and captures that are new or changed.
  private mutating func copy(_ assets: [(path: String, stamp: FileStamp)]) throws {
    for (path, stamp) in assets {
      let file = generator.content + "/" + path
      // One that cannot be read is the author's mistake, and no reason to write nothing.
      guard access(file, R_OK) == 0 else {
        report(path, FileError(path: file, action: "read", code: errno).description, .error)
        continue
      }
      try copy(file, stamp, to: path)
    }
    for page in manifest.pages {
      for download in page.downloads where manifest.copies[download.to] == nil {
        guard let stamp = FileStamp(download.from) else {
          report.problems.append(
            Problem(
              file: "\(generator.content)/\(page.source.path)", line: 0, message: "no capture at \(download.from)"))
          continue
        }
        try copy(download.from, stamp, to: download.to)
      }
    }
  }

  private mutating func copy(_ from: String, _ stamp: FileStamp, to path: String) throws {
    manifest.copies[path] = stamp
    let target = generator.output + "/" + path
    if last.copies[path] == stamp, FileStamp(target)?.size == stamp.size { return }
    try Files.makeDirectory(String(SitePath.directory(of: target)))
    try Files.copy(from, to: target)
  }

  /// Takes away what the last build wrote and this one did not.
  private func removeStale() {
    var kept = Set(manifest.pages.map(\.source.page))
    kept.formUnion(manifest.extras.keys)
    kept.formUnion(manifest.copies.keys)
    kept.formUnion(manifest.pages.flatMap(\.companions).map(\.path))
    let written = last.pages.map(\.source.page) + last.pages.flatMap(\.companions).map(\.path)
    for path in written + last.extras.keys + last.copies.keys where !kept.contains(path) {
      Files.remove(generator.output + "/" + path)
    }
  }

  // MARK: Reporting

  private mutating func finishReport() {
    if !writes || generator.options.strict {
      for index in report.problems.indices where report.problems[index].severity == .warning {
        report.problems[index].severity = .error
      }
    }
    report.problems.sort {
      if $0.file != $1.file { return NaturalOrder.precedes($0.file, $1.file) }
      return ($0.line, $0.message) < ($1.line, $1.message)
    }
  }
}

/// A Markdown file that has been looked at.
struct ReadSource: Sendable {
  var source: PageSource
  var stamp: FileStamp
  var contentHash: String
  /// Its text, if it was read.
  var text: PageText?
  /// Files whose text is part of its own.
  var included: [Snippets.Included] = []
  var isDraft = false
}
