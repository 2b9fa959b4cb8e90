import Foundation
import Testing

@testable import SiteGenerator

/// What the theme promises: contrast, no requests to anywhere, a small script.
@Suite struct ThemeTests {
  private static let variables =
    (try? String(contentsOfFile: PackagePath.theme + "/styles/variables.css", encoding: .utf8)) ?? ""

  /// A colour's values in light and dark.
  private static func colours(_ name: String) throws -> [String] {
    let lines = variables.split(separator: "\n").filter { $0.contains("--\(name):") }
    let line = try #require(lines.first, "\(name)")
    let found = line.matches(of: #/#[0-9a-f]{6}/#).map { String($0.0) }
    #expect(!found.isEmpty)
    return found.count == 1 ? found + found : found
  }

  private static func luminance(_ colour: String) -> Double {
    let value = Int(colour.dropFirst(), radix: 16) ?? 0
    let channels = [16, 8, 0].map { shift -> Double in
      let part = Double(value >> shift & 255) / 255
      return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]
  }

  private static func contrast(_ first: String, _ second: String) throws -> [Double] {
    try zip(colours(first), colours(second)).map {
      let (a, b) = (luminance($0), luminance($1))
      return (max(a, b) + 0.05) / (min(a, b) + 0.05)
    }
  }

  @Test(arguments: [
    "text", "muted", "accent", "good", "warn", "bad", "code-keyword", "code-type", "code-function", "code-string",
    "code-number", "code-comment",
  ])
  func textCanBeRead(_ name: String) throws {
    for ground in ["bg", "surface", "code-bg"] {
      #expect(try Self.contrast(name, ground).allSatisfy { $0 >= 4.5 }, "\(name) on \(ground)")
    }
  }

  @Test(arguments: ["app", "swift-runtime", "foundation", "system", "async", "kernel", "less", "more", "same"])
  func figuresCanBeRead(_ ground: String) throws {
    #expect(try Self.contrast("on-figure", ground).allSatisfy { $0 >= 4.5 })
  }

  @Test(arguments: 0..<8)
  func heatCanBeRead(_ step: Int) throws {
    #expect(try Self.contrast("text", "heat-\(step)").allSatisfy { $0 >= 4.5 })
    if step > 0 { #expect(try Self.contrast("bg", "heat-line-\(step)").allSatisfy { $0 >= 3 }) }
  }

  @Test(arguments: [
    ("text", "accent-soft"), ("text", "good-soft"), ("text", "bad-soft"), ("warn", "warn-soft"), ("bad", "bad-soft"),
  ])
  func groundsOfNotesCanBeRead(_ text: String, _ ground: String) throws {
    #expect(try Self.contrast(text, ground).allSatisfy { $0 >= 4.5 })
  }

  @Test func noRequestLeavesTheSite() throws {
    let theme = try Theme(directory: PackagePath.theme)
    let style = String(decoding: theme.style, as: UTF8.self)
    #expect(!style.contains("url(") && !style.contains("@import"))
    let directory = try TemporaryDirectory()
    let generator = SiteGenerator(
      content: PackagePath.article, theme: PackagePath.theme, output: directory.path + "/out", evidence: .kettle,
      options: SiteGenerator.Options(baseURL: "https://example.org/"))
    _ = try generator.build()
    let page = try directory.read("out/tea-kettle.html")
    for match in page.matches(of: #/<(?:link rel="(?:stylesheet|icon)"|script|img)[^>]*?(?:src|href)="([^"]*)"/#) {
      #expect(!match.1.contains("://") || match.1.hasPrefix("data:"), "\(match.1)")
    }
  }

  /// Ten kilobytes compressed, as `LessonFormTests` measures; a script shrinks to less than 40 % by gzip.
  @Test func theScriptIsSmall() throws {
    #expect(try Theme(directory: PackagePath.theme).script.count < 25_000)
  }
}
