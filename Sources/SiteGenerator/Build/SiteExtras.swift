import Mustache

/// The files of a site that are not pages of the content: style, script, sitemap, feed, 404, and an index
/// where the content has none.
struct SiteExtras {
  let generator: SiteGenerator
  let theme: Theme
  let site: SiteMap
  let navigation: Navigation

  static let searchIndex = "theme/search-index.js"
  /// Names that no file of the content may have.
  static let own: Set<String> = [searchIndex, "theme/style.css", "theme/site.js", "sitemap.xml", "feed.xml"]

  /// A hash of all that these files are made from.
  func key(_ environment: String) -> String {
    var hash = ContentHash()
    hash.add(environment)
    for page in navigation.all {
      hash.add(navigation.hashes[page])
      hash.add(navigation.pages[page].date ?? "")
      hash.add(navigation.pages[page].description)
    }
    for section in navigation.sections { hash.add(section.title) }
    return hash.hex
  }

  /// All but the search index.
  func all() -> [(path: String, bytes: [UInt8])] {
    var files: [(path: String, bytes: [UInt8])] = [
      ("theme/style.css", theme.style),
      ("theme/site.js", theme.script),
      ("sitemap.xml", sitemap()),
    ]
    if !navigation.pages.contains(where: { $0.page == Navigation.missing }), site.assets[Navigation.missing] == nil {
      files.append((Navigation.missing, framed("missing", title: "Not found", root: generator.options.basePath)))
    }
    if let feed = feed() { files.append(("feed.xml", feed)) }
    if !navigation.pages.contains(where: { $0.page == "index.html" }), site.assets["index.html"] == nil {
      files.append(("index.html", index()))
    }
    return files
  }

  private var baseURL: String { generator.options.baseURL }

  /// A page made by a template of its own.
  private func framed(_ template: String, title: String, root: String, adding extra: [String: Any] = [:]) -> [UInt8] {
    var values = PageContext.frame(options: generator.options, root: root, theme: theme, hasFeed: navigation.hasFeed)
    values["title"] = title
    for (name, value) in extra { values[name] = value }
    return Array((theme.templates.render(values, withTemplate: template) ?? "").utf8)
  }

  /// A list of all pages, for content without an `index.md`.
  private func index() -> [UInt8] {
    var values = PageContext.frame(options: generator.options, root: "", theme: theme, hasFeed: navigation.hasFeed)
    let title = generator.options.title
    let pages = NavigationMarkup.pages(navigation.sections, of: navigation, here: nil)
    let none = ["title": "", "url": ""]
    let defaults: [String: Any] = [
      "title": title, "heading": title, "needsHeading": true, "fullTitle": title,
      "description": generator.options.description, "canonical": baseURL, "isHome": true, "date": "", "hasDate": false,
      "number": "", "hasNumber": false, "edit": "", "hasEdit": false, "picture": "", "hasPicture": false,
      "licence": generator.options.licence?.name ?? "", "licenceAddress": generator.options.licence?.url ?? "",
      "hasLicence": generator.options.licence != nil,
      "source": "", "hasSource": false, "hasEvidence": false, "content": PageMaker.contentMark, "pages": pages,
      "isCut": false,
      "contents": "", "hasContents": false, "hasPrevious": false, "hasNext": false, "previous": none,
      "next": none,
    ]
    values.merge(defaults) { $1 }
    let list = theme.templates.render(["pages": pages], withTemplate: "index") ?? ""
    let shell = theme.templates.render(values, withTemplate: "page") ?? ""
    return Array(shell.replacing(PageMaker.contentMark, with: list).utf8)
  }

  private func sitemap() -> [UInt8] {
    let out = HTMLBuffer()
    out.append(
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">

      """)
    for at in navigation.all {
      let page = navigation.pages[at]
      out.append("<url><loc>")
      out.append(text: baseURL + PageContext.encoded(page.page))
      out.append("</loc>")
      if let date = page.date {
        out.append("<lastmod>")
        out.append(text: date)
        out.append("</lastmod>")
      }
      out.append("</url>\n")
    }
    out.append("</urlset>\n")
    return out.bytes
  }

  /// An Atom feed of the pages that have a date, newest first; nil if none has.
  private func feed() -> [UInt8]? {
    let dated = navigation.all.map { navigation.pages[$0] }.filter { $0.date != nil }
    guard !dated.isEmpty else { return nil }
    let newest = dated.enumerated().sorted {
      ($1.element.date ?? "", $0.offset) < ($0.element.date ?? "", $1.offset)
    }.map(\.element).prefix(30)
    let out = HTMLBuffer()
    out.append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n")
    out.append(element: "title", generator.options.title)
    out.append(element: "id", baseURL)
    out.append(element: "updated", (newest.first?.date ?? "1970-01-01") + "T00:00:00Z")
    out.append(markup: "<author><name>")
    out.append(text: generator.options.title)
    out.append(markup: "</name></author>\n<link rel=\"self\" href=\"")
    out.append(text: baseURL + "feed.xml")
    out.append("\"/>\n")
    for page in newest {
      let address = baseURL + PageContext.encoded(page.page)
      out.append("<entry>\n")
      out.append(element: "title", page.numberedTitle)
      out.append(element: "id", address)
      out.append(element: "updated", (page.date ?? "") + "T00:00:00Z")
      out.append("<link href=\"")
      out.append(text: address)
      out.append("\"/>\n")
      if !page.description.isEmpty { out.append(element: "summary", page.description) }
      out.append("</entry>\n")
    }
    out.append("</feed>\n")
    return out.bytes
  }
}

extension HTMLBuffer {
  /// Appends `<name>text</name>` and a newline.
  func append(element name: StaticString, _ text: String) {
    append("<")
    append(name)
    append(">")
    append(text: text)
    append("</")
    append(name)
    append(">\n")
  }
}

extension SiteGenerator.Options {
  /// The path of the base URL: a page that stands for any address cannot use relative ones.
  var basePath: String {
    guard let scheme = baseURL.firstRange(of: "://"),
      let slash = baseURL[scheme.upperBound...].firstIndex(of: "/")
    else { return "/" }
    return String(baseURL[slash...])
  }
}
