import ChildProcesses
import Foundation
import SiteGenerator

/// Draws the pictures that pages name for previews: the page's heading and its first figure, as a browser shows them.
struct SocialPictures {
  /// The directory of the site.
  let site: String

  /// Draws those that are missing or older than their page.
  ///
  /// - Throws: a `LabError` if there is no browser, or if it draws nothing.
  func draw() throws {
    guard (try? ChildProcess.output(of: ["chromium", "--version"])) != nil else {
      throw LabError.cannotMeasure("pictures are drawn by chromium, which is not there: apt-get install chromium")
    }
    let files = FileManager.default.enumerator(atPath: site)?.compactMap { $0 as? String } ?? []
    var drawn = 0
    for page in files.sorted() where page.hasSuffix(".html") {
      let file = "\(site)/\(page)"
      let picture = "\(site)/\(SocialPicture.path(of: page))"
      guard let html = try? String(contentsOfFile: file, encoding: .utf8), html.contains("property=\"og:image\""),
        Self.age(of: picture) ?? .distantPast < Self.age(of: file) ?? .distantFuture
      else { continue }
      try Self.draw(html, beside: file, to: picture)
      drawn += 1
    }
    print("\(drawn) pictures drawn")
  }

  private static func age(of file: String) -> Date? {
    (try? FileManager.default.attributesOfItem(atPath: file))?[.modificationDate] as? Date
  }

  /// The page as it is, beside its own file so that its style is found, with all but a heading and a figure left out.
  private static func draw(_ html: String, beside file: String, to picture: String) throws {
    let folder = URL(fileURLWithPath: picture).deletingLastPathComponent()
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let card = file.dropLast(".html".count) + ".\(getpid()).card.html"
    defer { try? FileManager.default.removeItem(atPath: String(card)) }
    try html.replacing("</head>", with: "<style>\(style)</style></head>", maxReplacements: 1)
      .write(toFile: String(card), atomically: false, encoding: .utf8)
    let size = SocialPicture.size
    _ = try ChildProcess.output(of: [
      "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
      "--window-size=\(size.width),\(size.height)", "--screenshot=\(picture)", "file://\(card)",
    ])
    guard FileManager.default.fileExists(atPath: picture) else {
      throw LabError.failed("chromium drew no \(picture)")
    }
  }

  private static let style = """
    .site-header, .lessons, .contents, .page-footer, .skip, .copy, .anchor { display: none !important }
    body .columns { display: block; max-width: none; padding: 0 60px }
    body main { padding: 40px 0 0 }
    body article { display: block; max-width: none }
    article > :not(h1, figure.figure), figure.figure ~ figure.figure { display: none !important }
    article > h1 { font-size: 54px; margin: 0 0 28px; max-width: none }
    .figure figcaption, .figure .tools, .figure .told, .figure details { display: none !important }
    """
}
