/// The styles that figures need, for whoever shows them.
public enum FigureStyle {
  /// How figures of all kinds look, in the colours of a theme that has them.
  public static let sheet = sheet(of: FigureKind.allCases) + PackageResources.costs_css

  /// The colours, light and dark, and how figures use them, for those outside of the site.
  public static var css: String { css(of: FigureKind.allCases) }

  private static func css(of kinds: [FigureKind]) -> String {
    String(decoding: PackageResources.variables_css + sheet(of: kinds), as: UTF8.self)
  }

  /// The styles of the kinds, those that two kinds share once, and what all have.
  private static func sheet(of kinds: [FigureKind]) -> [UInt8] {
    var sheets: [[UInt8]] = []
    for kind in kinds where !sheets.contains(kind.drawing.style) { sheets.append(kind.drawing.style) }
    return sheets.flatMap { $0 } + PackageResources.figure_css
  }

  /// A fragment as an SVG file of its own, which carries its styles and follows the reader's light or dark mode.
  ///
  /// What is HTML stands in it as `foreignObject`, which every browser shows, also where the file is an image in a
  /// page; other programs do not.
  static func file(_ body: String, of kind: FigureKind, alt: String, width: Double, height: Double) -> String {
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
    out.text(css(of: [kind]))
    out.raw("svg:root{background:var(--bg)}body{margin:0;padding:12px}</style>")
    out.raw("<foreignObject width=\"100%\" height=\"100%\"><body xmlns=\"http://www.w3.org/1999/xhtml\">")
    return out.string + body + "</body></foreignObject></svg>\n"
  }
}
