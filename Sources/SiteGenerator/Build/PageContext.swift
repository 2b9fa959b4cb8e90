/// What the page template may name.
struct PageContext {
  let values: [String: Any]

  init(maker: PageMaker, index: Int, page: RenderedPage) {
    let options = maker.generator.options
    let navigation = maker.navigation
    let source = navigation.pages[index]
    let directory = SitePath.directory(of: source.page)
    let isHome = source.page == "index.html"
    let description = source.description.isEmpty ? Self.summary(page.search, options.description) : source.description
    var values = Self.frame(
      options: options, root: SitePath.relative("", from: directory), theme: maker.theme, hasFeed: navigation.hasFeed)
    values["title"] = source.shownTitle
    values["heading"] = source.hasHeading ? "" : source.shownTitle
    values["needsHeading"] = !source.hasHeading
    values["fullTitle"] =
      isHome || source.shownTitle == options.title ? options.title : "\(source.numberedTitle) · \(options.title)"
    values["number"] = source.number ?? ""
    values["hasNumber"] = source.number != nil
    values["description"] = description
    values["canonical"] = options.baseURL + Self.encoded(isHome ? "" : source.page)
    values["isHome"] = isHome
    values["base"] = options.basePath
    values["hasBase"] = source.page == Navigation.missing
    values["date"] = source.date ?? ""
    values["hasDate"] = source.date != nil
    values["source"] = options.sourceURL.map { $0 + Self.encoded(source.path) } ?? ""
    values["hasSource"] = options.sourceURL != nil
    values["edit"] = options.editURL.map { $0 + Self.encoded(source.path) } ?? ""
    values["hasEdit"] = options.editURL != nil
    values["licence"] = options.licence?.name ?? ""
    values["licenceAddress"] = options.licence?.url ?? ""
    values["hasLicence"] = options.licence != nil
    values["picture"] = options.baseURL + Self.encoded(SocialPicture.path(of: source.page))
    values["hasPicture"] = options.hasPictures && SocialPicture.isPossible(of: page)
    // Code that is cut from its source is no evidence of the sentence in the footer.
    values["hasEvidence"] = page.references.contains { $0.hasPrefix("figure:") || $0.hasPrefix("claim:") }
    values["content"] = PageMaker.contentMark
    values["pages"] = NavigationMarkup.pages(navigation.list(for: index), of: navigation, here: index)
    values["isCut"] = navigation.order.count > Navigation.limit
    let contents = page.headings.filter { $0.level == 2 || $0.level == 3 }
    values["contents"] = NavigationMarkup.contents(contents)
    values["hasContents"] = contents.count > 1
    for (name, neighbour) in [("previous", navigation.previous(index)), ("next", navigation.next(index))] {
      let other = neighbour.map { navigation.pages[$0] }
      values["has" + name.prefix(1).uppercased() + name.dropFirst()] = other != nil
      values[name] = [
        "title": other?.numberedTitle ?? "",
        "url": other.map { Self.encoded(SitePath.relative($0.page, from: directory)) } ?? "",
      ]
    }
    self.values = values
  }

  /// What every page has, those that are not made from Markdown included.
  static func frame(options: SiteGenerator.Options, root: String, theme: Theme, hasFeed: Bool) -> [String: Any] {
    [
      "siteTitle": options.title, "language": options.language, "root": root == "./" ? "" : root,
      "version": String(theme.key.prefix(8)),
      "baseURL": options.baseURL, "hasFeed": hasFeed,
    ]
  }

  /// The beginning of the text, to its last whole word within 160 bytes.
  private static func summary(_ text: SearchText, _ fallback: String) -> String {
    guard let section = text.sections.first(where: { !$0.text.isEmpty }) else { return fallback }
    var bytes: [UInt8] = []
    var wordEnd = 0
    for byte in section.text {
      if byte <= UInt8(ascii: " ") {
        guard let last = bytes.last, last != UInt8(ascii: " ") else { continue }
        wordEnd = bytes.count
        bytes.append(UInt8(ascii: " "))
      } else if bytes.count < 160 {
        bytes.append(byte)
      } else {
        return String(decoding: bytes[..<wordEnd], as: UTF8.self) + " …"
      }
    }
    if bytes.last == UInt8(ascii: " ") { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }

  static func encoded(_ url: String) -> String {
    if url.utf8.allSatisfy({ CodeByte.isWord($0) && $0 < 0x80 || $0 == 0x2e || $0 == 0x2f || $0 == 0x2d }) {
      return url
    }
    let buffer = HTMLBuffer()
    buffer.append(url: SitePath.encoded(url))
    return String(decoding: buffer.bytes, as: UTF8.self)
  }
}

extension Navigation {
  /// Adds what the list beside a page, and its neighbours, say.
  func add(_ page: Int, to hash: inout ContentHash) {
    hash.add(hasFeed ? 1 : 0)
    for section in list(for: page) {
      hash.add(section.title)
      hash.add(section.depth)
      for entry in section.entries { add(entry, to: &hash) }
    }
    for other in [previous(page), next(page)] { hash.add(other.map { hashes[$0] } ?? 0) }
  }

  private func add(_ entry: Entry, to hash: inout ContentHash) {
    switch entry {
    case .page(let index): hash.add(hashes[index])
    case .link(let title, let address):
      hash.add(title)
      hash.add(address)
    }
  }
}
