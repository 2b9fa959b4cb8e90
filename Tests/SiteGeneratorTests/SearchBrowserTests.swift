import Foundation
import TestSupport
import Testing

@testable import SiteGenerator

/// Searching in a real browser: prose, code and output, whatever signs a query has.
@Suite(.enabled(if: Browser.isThere, Comment(rawValue: Browser.need))) struct SearchBrowserTests {
  private struct Seen: Decodable {
    struct Answer: Decodable {
      var query: String
      /// The address and text of the first result; empty if there is none.
      var href: String
      var text: String
      /// What is marked in all results.
      var marked: [String]
    }
    var answers: [Answer]
    var errors: [String]
  }

  private static let script = """
    asked = json.loads(sys.stdin.read())
    seen = {'answers': [], 'errors': []}
    with sync_playwright() as p:
        browser = launch(p)
        page = browser.new_page()
        page.on('pageerror', lambda e: seen['errors'].append(str(e)))
        page.goto('file://' + asked['page'])
        page.locator('#Search').focus()
        page.wait_for_function("document.querySelector('script[data-search]')")
        page.locator('#Search').fill('kettle')
        page.locator('#Search-results a').first.wait_for()
        for query in asked['queries']:
            page.locator('#Search').fill(query)
            results = page.locator('#Search-results a')
            answer = {'query': query, 'href': '', 'text': '', 'marked': []}
            if results.count():
                answer['href'] = results.first.get_attribute('href')
                answer['text'] = results.first.inner_text()
                answer['marked'] = page.locator('#Search-results mark').all_inner_texts()
            seen['answers'].append(answer)
        browser.close()
    print(json.dumps(seen))
    """

  private struct Asked: Encodable {
    var page: String
    var queries: [String]
  }

  private func answers(to queries: [String], in content: [String: String]) throws -> [Seen.Answer] {
    let directory = try TemporaryDirectory()
    for (name, text) in content { try directory.write(text, to: "content/" + name) }
    let report = try SiteGenerator(
      content: directory.path + "/content", theme: PackagePath.theme, output: directory.path + "/out", evidence: .kettle
    ).build()
    #expect(report.problems.isEmpty)
    let asked = Asked(page: directory.path + "/out/index.html", queries: queries)
    let input = String(decoding: try JSONEncoder().encode(asked), as: UTF8.self)
    let seen = try JSONDecoder().decode(Seen.self, from: Browser.run(Self.script, input: input))
    #expect(seen.errors == [])
    try #require(seen.answers.map(\.query) == queries)
    return seen.answers
  }

  /// Each of them alone, between letters, and at both ends of a word: in prose, in code, in what a command printed.
  @Test func everySignOfASCIICanBeSearched() throws {
    let signs = (0x21...0x7e).map { String(UnicodeScalar($0)) }.filter { $0.wholeMatch(of: #/[0-9A-Za-z]/#) == nil }
    try #require(signs.count == 32)
    var page = "# The kettle\n"
    for (number, sign) in signs.enumerated() {
      page += """

        ## Sign number \(number)

        ```console
        $ tea a\(sign)b
        \(sign)\(sign)c d\(sign)
        ```

        ~~~swift
        let e\(sign)f = 1
        ~~~

        """
    }
    let queries = signs.flatMap { sign in [sign, "a\(sign)b", "\(sign)\(sign)c", "d\(sign)", "e\(sign)f"] }
    for answer in try answers(to: queries, in: ["index.md": page]) {
      #expect(!answer.href.isEmpty, "\(answer.query) finds nothing")
      let isMarked = answer.marked.contains { $0.lowercased() == answer.query }
      #expect(isMarked, "\(answer.query) is not marked: \(answer.marked)")
    }
  }

  @Test("What an author calls a section is found first, though its heading says it in other words")
  func sectionsAreFoundByTheirNames() throws {
    let seen = try answers(
      to: ["deadlock"],
      in: [
        "index.md": "# Home\n\nOf a kettle in a deadlock, and of another deadlock.\n",
        "waits.md": "# Waits\n\nOf a deadlock.\n\n## A wait without an end { #the-deadlock }\n\nIt is a deadlock.\n",
      ])
    #expect(seen[0].href.hasSuffix("waits.html#the-deadlock"), "\(seen[0])")
  }

  @Test func codeAndOutputAreFoundWhereTheyStand() throws {
    let page = """
      # The kettle

      ## Commands

      ```console
      $ lab pprof -diff_base old.pb.gz --profile cpu
      flat 100% of swift_retain
      ```

      ## Output of a capture

      ```console from=kettle/faulty/cpu
      $ lab cups
      ```

      ## Source

      ```swift file=Kettle.swift region=faulty title="Sources/Kettle.swift"
      ```

      ## A figure

      ![Boiling wins.](figure:kettle/faulty/cpu "Figure 1")

      ## Far down

      \(String(repeating: "Much is said of tea before the code. ", count: 100))

      ```swift
      let x = veryFarDown_\(String(repeating: "y", count: 300))_theEnd(1)
      ```
      """
    let expected = [
      "diff_base": "commands", "-diff_base": "commands", "--profile": "commands", "100%": "commands",
      "swift_retain": "commands", "4 spoons": "output-of-a-capture", "boil(10)": "source",
      "sources/kettle.swift": "source", "run kettle --profile": "a-figure", "veryfardown_": "far-down",
      "_theEnd(1)": "far-down",
    ]
    let answers = try answers(to: expected.keys.sorted() + ["no_such%word"], in: ["index.md": page])
    for answer in answers.dropLast() {
      #expect(answer.href == "index.html#" + (expected[answer.query] ?? ""), "\(answer.query)")
      let words = answer.query.lowercased().split(separator: " ")
      let text = answer.text.lowercased()
      #expect(words.allSatisfy { text.contains($0) }, "\(answer.query) is not in '\(answer.text)'")
    }
    #expect(answers.last?.href == "")
  }
}
