/// The styles that figures need, for whoever shows them outside the site.
public enum FigureStyle {
  /// The colours, light and dark, and how figures use them; the same sheets that the site has.
  public static var css: String {
    String(decoding: PackageResources.variables_css + PackageResources.figures_css, as: UTF8.self)
  }

  /// A fragment as an SVG file of its own, which carries its styles and follows the reader's light or dark mode.
  ///
  /// What is HTML stands in it as `foreignObject`, which every browser shows, also where the file is an image in a
  /// page; other programs do not.
  static func file(_ body: String, alt: String, width: Double, height: Double) -> String {
    var out = Markup()
    out.raw("<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"")
    out.number(width)
    out.raw("\" height=\"")
    out.number(height)
    out.raw("\" viewBox=\"0 0 ")
    out.number(width)
    out.raw(" ")
    out.number(height)
    out.raw("\"><title>")
    out.text(alt)
    out.raw("</title><style>")
    out.text(css)
    out.raw("svg:root{background:var(--bg)}body{margin:0;padding:12px}</style>")
    out.raw("<foreignObject width=\"100%\" height=\"100%\"><body xmlns=\"http://www.w3.org/1999/xhtml\">")
    return out.string + body + "</body></foreignObject></svg>\n"
  }
}
