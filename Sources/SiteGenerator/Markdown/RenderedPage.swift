/// A page's HTML, and what the site needs to know of it.
struct RenderedPage {
  struct Heading: Equatable {
    var level: Int
    var id: String
    /// Plain text.
    var text: String
  }

  /// A link to another page, or to a place in this one, to be checked when all pages are known.
  struct Link: Equatable {
    /// The Markdown file it leads to.
    var source: String
    var fragment: String
    var line: Int
  }

  /// A raw capture to be copied into the site.
  struct Download: Equatable {
    var from: String
    var to: String
  }

  /// A file that goes with a figure, a page or a drawing, to be written into the site.
  struct Companion {
    var path: String
    var contents: [UInt8]
  }

  var html: [UInt8] = []
  var headings: [Heading] = []
  /// All ids on the page.
  var ids: [String] = []
  var links: [Link] = []
  /// References to evidence, as written, in order.
  var references: [String] = []
  /// Copied files the page shows, whose sizes are in its HTML.
  var assets: [String] = []
  var downloads: [Download] = []
  var companions: [Companion] = []
  var problems: [Problem] = []
  var search = SearchText()
}
