/// The two lists of links beside a page. There is one entry a page on every page, so they are appended, not templated.
enum NavigationMarkup {
  /// `<ul>` of links, a section's title before each; `here` is the page they stand in, nil for the index.
  static func pages(_ sections: [Navigation.Section], of navigation: Navigation, here: Int?) -> String {
    let out = HTMLBuffer()
    let directory = here.map { SitePath.directory(of: navigation.pages[$0].page) } ?? ""
    for section in sections {
      if !section.title.isEmpty {
        out.append("<p class=\"section-title")
        if section.depth > 0 { out.append(" nested") }
        out.append("\">")
        out.append(text: section.title)
        out.append("</p>\n")
      }
      guard !section.entries.isEmpty else { continue }
      // What goes on after a section belongs to the one around it.
      out.append(section.title.isEmpty && section.isRest ? "<ul class=\"rest\">\n" : "<ul>\n")
      for entry in section.entries {
        out.append("<li><a href=\"")
        switch entry {
        case .page(let index):
          let page = navigation.pages[index]
          out.append(text: PageContext.encoded(SitePath.relative(page.page, from: directory)))
          out.append(index == here ? "\" aria-current=\"page\">" : "\">")
          if let number = page.number {
            out.append("<span class=\"number\">")
            out.append(text: number)
            out.append("</span> ")
          }
          out.append(text: page.shownTitle)
        case .link(let title, let address):
          out.append(url: isElsewhere(address) ? address : SitePath.relative(address, from: directory))
          out.append("\">")
          out.append(text: title)
        }
        out.append("</a></li>\n")
      }
      out.append("</ul>\n")
    }
    return String(decoding: out.bytes, as: UTF8.self)
  }

  /// Whether an address is no file of the content.
  private static func isElsewhere(_ address: String) -> Bool {
    address.hasPrefix("/") || address.hasPrefix("#") || address.contains(":")
  }

  /// The headings of a page as links.
  static func contents(_ headings: [RenderedPage.Heading]) -> String {
    let out = HTMLBuffer()
    out.append("<ul>\n")
    for heading in headings {
      out.append("<li class=\"level-")
      out.append(number: heading.level)
      out.append("\"><a href=\"#")
      out.append(url: heading.id)
      out.append("\">")
      out.append(text: heading.text)
      out.append("</a></li>\n")
    }
    out.append("</ul>\n")
    return String(decoding: out.bytes, as: UTF8.self)
  }
}
