import Foundation
import Mustache

@testable import SiteGenerator

/// What went wrong in evidence made for a test.
struct Missing: Error, CustomStringConvertible {
  var description: String
}

extension Evidence {
  /// Evidence of a lab that knows one scenario, `kettle`, and one source file, `Kettle.swift`.
  static let kettle = Evidence(
    figure: { reference in
      guard reference.capture.hasPrefix("kettle/") else { throw Missing(description: "no such scenario") }
      return RenderedFigure(
        body: "<svg id=\"\(reference.id)-svg\"></svg>", alt: "Boiling takes 80 % of the time.",
        table: "<table><tr><td>boil</td></tr></table>", command: "lab run kettle --profile cpu",
        provenance: [QueryItem(name: "samples", value: "732")])
    },
    claim: { reference in
      guard reference.capture.hasPrefix("kettle/") else { throw Missing(description: "no such scenario") }
      let verdict: CheckedClaim.Verdict =
        switch reference.parameters.first(where: { $0.name == "verdict" })?.value {
        case "differs": .differsHere(reason: "two cores")
        case "fails": .fails
        default: .holds
        }
      func argument(_ name: String) -> Double? {
        reference.parameters.first { $0.name == name }.flatMap { Double($0.value) }
      }
      return CheckedClaim(
        verdict: verdict, measured: "80 %", bound: "70 % to 90 %", question: "share of boil", command: "lab claims",
        number: argument("number").map {
          MeasuredNumber(
            $0, margin: argument("margin"), least: argument("least"), greatest: argument("greatest"), sign: " %")
        }, isPublished: argument("local") == nil)
    },
    output: { reference in
      guard reference.capture.hasPrefix("kettle/") else { throw Missing(description: "no such scenario") }
      return "1 \(reference.command)\n\n3 cups\n4 spoons\n"
    },
    source: { reference in
      guard reference.file == "Kettle.swift" else { throw Missing(description: "no such file: \(reference.file)") }
      let call = reference.region == "fixed" ? "boil(1)" : "boil(10)"
      return SourceRegion(text: "let litres = 1\n\(call)\n", firstLine: 12)
    },
    fingerprint: { $0.joined(separator: "\n") })
}

/// Renders Markdown as the only page of a site.
func rendered(
  _ markdown: String, path: String = "page.md", pages: [String] = ["page.md"], evidence: Evidence = .kettle,
  dialect: Dialect = Dialect()
) -> RenderedPage {
  var templates = MustacheLibrary()
  try? templates.register(
    "<figure id=\"{{id}}\">{{{body}}}<figcaption>{{{caption}}}</figcaption></figure>", named: "figure")
  try? templates.register("{{{opening}}}<b class=\"claim\">{{{prose}}} {{measured}}</b>{{{closing}}}", named: "claim")
  let text = PageText(Array(markdown.utf8))
  let setting = PageRenderer.Setting(
    source: path, file: path, site: SiteMap(pages: pages, assets: [:]), evidence: evidence,
    images: ImageSizes(root: "/nonexistent"), markup: EvidenceMarkup(templates: templates), dialect: dialect)
  return text.bytes.withUnsafeBufferPointer { bytes in
    PageRenderer(text: bytes, setting: setting).render(
      Line.split(bytes, from: text.front.textStart, firstNumber: text.front.firstLine))
  }
}

/// The HTML of Markdown.
func html(_ markdown: String) -> String { String(decoding: rendered(markdown).html, as: UTF8.self) }

/// A directory that is gone when the test is over.
final class TemporaryDirectory {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/site-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ text: String, to name: String) throws {
    let full = path + "/" + name
    let directory = (full as NSString).deletingLastPathComponent
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(fileURLWithPath: full))
  }

  func read(_ name: String) throws -> String { try String(contentsOfFile: path + "/" + name, encoding: .utf8) }
}

/// Paths in the package, from this file's place.
enum PackagePath {
  static let root = #filePath.components(separatedBy: "/Tests/")[0]
  static let theme = root + "/Site"
  static let article = root + "/Tests/SiteGeneratorTests/Fixtures/article"
}
