import Foundation
import Testing

@testable import SiteGenerator

/// The examples of the CommonMark specification, 0.31.2, and those of GitHub's for addresses.
@Suite struct ConformanceTests {
  private struct Example: Decodable {
    var example: Int
    var markdown: String
    var html: String
  }

  /// What libcmark 0.30.2 itself makes otherwise, for it follows CommonMark 0.30: `_` between symbols, comments that
  /// begin with `>`.
  private static let ofLibrary: Set<Int> = [354, 625, 626]

  @Test func everyExampleComesOutAsItShould() throws {
    let path = PackagePath.root + "/Tests/SiteGeneratorTests/Fixtures/commonmark/spec-0.31.2.json"
    let examples = try JSONDecoder().decode([Example].self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    #expect(examples.count == 652)
    var failed: Set<Int> = []
    for example in examples {
      let ours = html(example.markdown)
      let expected = Self.normalized(example.html)
      // Addresses are links here, as in GitHub Flavored Markdown.
      if Self.normalized(ours) == expected || Self.normalized(ours, unlinking: true) == expected { continue }
      failed.insert(example.example)
      if !Self.ofLibrary.contains(example.example) {
        Issue.record("example \(example.example)\n\(example.markdown)\nexpected: \(example.html)\nours: \(ours)")
      }
    }
    #expect(failed == Self.ofLibrary)
  }

  /// HTML without what the theme adds to it: wrappers and colours of code, anchors and ids of headings, a printer's
  /// marks, white space between blocks.
  static func normalized(_ html: String, unlinking: Bool = false) -> String {
    var html = html
    html.replace(#/<a class="anchor"[^>]*>#<\/a>/#, with: "")
    html.replace(
      #/<div class="code[^"]*"(?: data-language="([^"]*)")?>(?:<div class="code-title">[^<]*<\/div>)?<pre[^>]*><code>/#
    ) {
      match in match.1.map { "<pre><code class=\"language-\($0)\">" } ?? "<pre><code>"
    }
    html.replace("</code></pre></div>", with: "</code></pre>")
    html.replace(#/<span class="(?:[ktfsncpo]|line)">|<\/span>/#, with: "")
    html.replace(#/<(h[1-6]) id="[^"]*"/#) { "<\($0.1)" }
    html.replace(" loading=\"lazy\"", with: "")
    html.replace(#/<(br|hr|img[^>]*?) ?\/>/#) { "<\($0.1)>" }
    html.replace(#/<img ([^>]*)>/#) { match in
      let attributes = match.1.matches(of: #/[a-z]+="[^"]*"/#).map { String($0.0) }
      return "<img \(attributes.sorted().joined(separator: " "))>"
    }
    if unlinking {
      html.replace(#/<a href="(?:http:\/\/|mailto:)?[^"]*">((?:https?:|www\.|[a-z.+]+@)[^<]*)<\/a>/#) { String($0.1) }
    }
    for (sign, typed) in [
      ("“", "\""), ("”", "\""), ("‘", "'"), ("’", "'"), ("…", "..."), ("–", "--"), ("&quot;", "\""),
    ] {
      html.replace(sign, with: typed)
    }
    html.replace("&#39;", with: "'")
    // White space is kept in code.
    var result = ""
    for (index, piece) in html.components(separatedBy: "<pre").enumerated() {
      let parts = index == 0 ? ["", piece] : piece.components(separatedBy: "</pre>")
      if index > 0 { result += "<pre" + parts[0] + "</pre>" }
      let rest = parts.dropFirst().joined(separator: "</pre>")
      result += rest.replacing(
        #/\s*(<\/?(?:p|ul|ol|li|blockquote|h[1-6]|hr|div|table|tr|td)(?: [^>]*)?>)\s*/#
      ) { String($0.1) }.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
    return result
  }

  /// From the GitHub Flavored Markdown Spec 0.29, section 6.9.
  @Test(arguments: [
    ("www.commonmark.org", "[www.commonmark.org](http://www.commonmark.org)"),
    ("Visit www.commonmark.org/help for.", "Visit [www.commonmark.org/help](http://www.commonmark.org/help) for."),
    ("Visit www.commonmark.org.", "Visit [www.commonmark.org](http://www.commonmark.org)."),
    (
      "www.google.com/search?q=Markup+(business)))",
      "[www.google.com/search?q=Markup+(business)](http://www.google.com/search?q=Markup+(business))))"
    ),
    (
      "(www.google.com/search?q=Markup+(business)",
      "([www.google.com/search?q=Markup+(business)](http://www.google.com/search?q=Markup+(business))"
    ),
    (
      "www.google.com/search?q=(business))+ok",
      "[www.google.com/search?q=(business))+ok](http://www.google.com/search?q=(business))+ok)"
    ),
    (
      "www.google.com/search?q=commonmark&hl=en",
      "[www.google.com/search?q=commonmark&amp;hl=en](http://www.google.com/search?q=commonmark&amp;hl=en)"
    ),
    (
      "www.google.com/search?q=commonmark&hl;",
      "[www.google.com/search?q=commonmark](http://www.google.com/search?q=commonmark)&amp;hl;"
    ),
    ("www.commonmark.org/he<lp", "[www.commonmark.org/he](http://www.commonmark.org/he)&lt;lp"),
    (
      "(Visit https://encrypted.google.com/search?q=Markup+(business))",
      "(Visit [https://encrypted.google.com/search?q=Markup+(business)](https://encrypted.google.com/search?q=Markup+(business)))"
    ),
    ("foo@bar.baz", "[foo@bar.baz](mailto:foo@bar.baz)"),
    (
      "hello@mail+xyz.example isn't valid, but hello+xyz@mail.example is.",
      "hello@mail+xyz.example isn’t valid, but [hello+xyz@mail.example](mailto:hello+xyz@mail.example) is."
    ),
    ("a.b-c_d@a.b", "[a.b-c_d@a.b](mailto:a.b-c_d@a.b)"), ("a.b-c_d@a.b.", "[a.b-c_d@a.b](mailto:a.b-c_d@a.b)."),
    ("a.b-c_d@a.b-", "a.b-c_d@a.b-"), ("a.b-c_d@a.b_", "a.b-c_d@a.b_"),
    ("mailto:foo@bar.baz", "[mailto:foo@bar.baz](mailto:foo@bar.baz)"),
    ("ftp://foo.bar.baz", "[ftp://foo.bar.baz](ftp://foo.bar.baz)"),
  ])
  func addresses(_ markdown: String, _ expected: String) {
    let page = html(markdown).replacing(#/<a href="([^"]*)">(.*?)<\/a>/#) { "[\($0.2)](\($0.1))" }
    #expect(page == "<p>\(expected)</p>\n")
  }
}
