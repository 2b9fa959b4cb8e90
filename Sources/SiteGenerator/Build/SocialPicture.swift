/// Where a page's picture for previews on social networks lies: PNG, for these take no SVG.
public enum SocialPicture {
  /// Its size in pixels, as networks crop the least of it.
  public static let size = (width: 1200, height: 630)

  /// The picture of `lessons/2.html` is `social/lessons/2.png`.
  public static func path(of page: String) -> String {
    "social/\(page.hasSuffix(".html") ? page.dropLast(".html".count) : page[...]).png"
  }

  /// A page without a figure has none.
  static func isPossible(of page: RenderedPage) -> Bool {
    page.references.contains { $0.hasPrefix("figure:") }
  }
}
