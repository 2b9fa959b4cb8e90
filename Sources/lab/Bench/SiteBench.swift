import Foundation
import Platform
import SiteGenerator

extension Benchmark {
  /// Making a site of 1,000 pages the size of an article, and making it again after one page changed.
  static let site = Benchmark(name: "site") {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("lab-bench-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let corpus = ArticleCorpus(pages: 1_000)
    let bytes = try corpus.write(to: "\(folder)/content")
    let generator = SiteGenerator(
      content: "\(folder)/content", theme: Workspace.theme, output: "\(folder)/site", evidence: .none)
    let all = try Stopwatch.best(of: 1) { _ = try generator.build() }
    let rendering = Stopwatch.best(of: 2) { _ = generator.check() }
    var round = 0
    let one = try Stopwatch.best(of: 3) {
      round += 1
      try corpus.change(page: 500, round: round, in: "\(folder)/content")
      _ = try generator.build()
    }
    return [
      Row(name: "site: 1,000 pages, \(bytes / 1_000_000) MB of Markdown", value: all, unit: "s", goal: .atMost(2)),
      Row(
        name: "site: Markdown to pages in memory, links checked", value: Double(bytes) / rendering / 1e6, unit: "MB/s",
        goal: .atLeast(20)),
      Row(name: "site: one changed page of 1,000", value: one * 1e3, unit: "ms", goal: .atMost(50)),
      Row(
        name: "site: most memory of this process", value: Double(peakResidentBytes()) / 1e6, unit: "MB",
        goal: .atMost(200)),
    ]
  }
}

extension Evidence {
  /// For content without figures and claims: asking for one is an error.
  fileprivate static let none = Evidence(
    figure: { throw LabError.failed("no figure \($0.capture)") },
    claim: { throw LabError.failed("no claim \($0.capture)") },
    output: { throw LabError.failed("no output of \($0.command)") },
    source: { throw LabError.failed("no source \($0.file)") }, fingerprint: { _ in "" })
}

/// Articles with everything that articles have: headings, code, tables, admonitions, lists, links, footnotes.
private struct ArticleCorpus {
  let pages: Int

  /// Writes the pages; returns how many bytes of Markdown there are.
  func write(to folder: String) throws -> Int {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    return try (0..<pages).reduce(0) { sum, page in
      let text = article(page)
      try text.write(toFile: "\(folder)/page-\(page).md", atomically: false, encoding: .utf8)
      return sum + text.utf8.count
    }
  }

  func change(page: Int, round: Int, in folder: String) throws {
    try (article(page) + "\nRevised \(round) times.\n")
      .write(toFile: "\(folder)/page-\(page).md", atomically: false, encoding: .utf8)
  }

  private func article(_ page: Int) -> String {
    let sections = (0..<40).map { section in
      """

      ## Section \(section) of page \(page)

      Some *emphasis*, some **strength**, `code`, and a [link](page-\((page + section) % pages).md). A paragraph of the \
      length that paragraphs have, so that the numbers say something about real pages and not about empty ones.[^\(section)]

      ```swift title="Example.swift" hl_lines="2"
      func value(of name: String) -> Int? {
        let found = table[name, default: \(section)]  // a comment
        return found > 0 ? found : nil
      }
      ```

      ???+ note "Worth knowing"
          - a list in a note
          - with `code` and

              ```console
              $ echo nested
              ```

      | Name | Value |
      | --- | ---: |
      | one | \(section) |
      | two | \(section * 2) |

      [^\(section)]: A note at the foot.

      """
    }
    return "---\ntitle: Page \(page)\n---\n\n# Page \(page)\n" + sections.joined()
  }
}
