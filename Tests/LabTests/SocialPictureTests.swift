import Foundation
import TestSupport
import Testing

/// Pictures for previews: drawn of pages with a figure, named by them, and only drawn again if the page was.
@Suite(.enabled(if: Browser.isThere, Comment(rawValue: Browser.need))) struct SocialPictureTests {
  @Test func aPageWithAFigureHasOne() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: folder.file("docs/deep"), withIntermediateDirectories: true)
    try "# Home\n\nWords.\n".write(toFile: folder.file("docs/index.md"), atomically: true, encoding: .utf8)
    try "# A figure\n\n![Decoding.](figure:kafka-decode/faulty/cpu?view=flame)\n"
      .write(toFile: folder.file("docs/deep/a.md"), atomically: true, encoding: .utf8)
    let arguments = [
      "build", "--no-run", "--content", folder.file("docs"), "-o", folder.file("site"), "--pictures",
      "--base-url", "https://example.org/lab", "--repository", "https://example.org/o/r",
    ]
    let built = try LabCommand.start(arguments).finish()
    try #require(built.status == 0, "\(built.errors)")
    #expect(built.output.contains("1 pictures drawn"))
    let page = try String(contentsOfFile: folder.file("site/deep/a.html"), encoding: .utf8)
    #expect(page.contains("<meta property=\"og:image\" content=\"https://example.org/lab/social/deep/a.png\">"))
    #expect(page.contains("summary_large_image"))
    #expect(page.contains("href=\"https://example.org/o/r/edit/main/"))
    #expect(try !String(contentsOfFile: folder.file("site/index.html"), encoding: .utf8).contains("og:image"))

    let picture = try Data(contentsOf: URL(fileURLWithPath: folder.file("site/social/deep/a.png")))
    #expect(picture.prefix(8) == Data([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]))
    // Width and height stand in its first chunk, IHDR.
    let size = picture[16..<24].map { Int($0) }
    #expect(size[2] << 8 | size[3] == 1200 && size[6] << 8 | size[7] == 630)
    // Nothing but the page, its files and its picture is left behind.
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.file("site/deep"))
    #expect(left == ["a.html"])
    #expect(try LabCommand.start(arguments).finish().output.contains("0 pictures drawn"))
  }
}
