import Foundation
import TestSupport
import Testing

@testable import SiteGenerator

/// What the copy button puts on the clipboard, for every kind of code block.
@Suite(.enabled(if: Browser.isThere, Comment(rawValue: Browser.need))) struct CopyBrowserTests {
  private struct Seen: Decodable {
    var copied: [String]
    var errors: [String]
  }

  private static let script = """
    seen = {'copied': [], 'errors': []}
    with sync_playwright() as p:
        browser = launch(p)
        context = browser.new_context()
        context.grant_permissions(['clipboard-read', 'clipboard-write'])
        page = context.new_page()
        page.on('pageerror', lambda e: seen['errors'].append(str(e)))
        page.goto('file://' + sys.stdin.read())
        for button in page.locator('article :is(.code, .command) .copy').all():
            page.evaluate("navigator.clipboard.writeText('nothing was copied')")
            button.dispatch_event('click')
            page.wait_for_function("(b) => b.textContent === 'Copied'", arg=button.element_handle())
            seen['copied'].append(page.evaluate('navigator.clipboard.readText()'))
        browser.close()
    print(json.dumps(seen))
    """

  private func copied(from markdown: [String]) throws -> [String] {
    let directory = try TemporaryDirectory()
    try directory.write("# Code\n\n" + markdown.joined(separator: "\n\n") + "\n", to: "content/index.md")
    let report = try SiteGenerator(
      content: directory.path + "/content", theme: PackagePath.theme, output: directory.path + "/out", evidence: .kettle
    ).build()
    #expect(report.problems.isEmpty)
    let output = try Browser.run(Self.script, input: "\(directory.path)/out/index.html")
    let seen = try JSONDecoder().decode(Seen.self, from: output)
    #expect(seen.errors == [])
    return seen.copied
  }

  private static let swift = "/* one\n\n   two */\nlet a = \"<x>\" // three\n\n  f(a)"
  private static let console = "$ lab one\nout 1\n\nout 2\n$ lab two \\\n  --three\nout 4"

  /// Markdown of a block, and what is copied of it.
  private static let blocks: [(markdown: String, copied: String)] = [
    ("```swift\n\(swift)\n```", swift),
    ("```\n\(swift)\n```", swift),
    ("    plain\n\n      indented", "plain\n\n  indented"),
    ("```swift title=\"a.swift\"\n\(swift)\n```", swift),
    ("```swift hl_lines=\"2 4-5\"\n\(swift)\n```", swift),
    ("```swift linenums=\"7\"\n\(swift)\n```", swift),
    ("```swift title=\"a.swift\" hl_lines=\"1-9\" linenums=\"1\"\n\(swift)\n```", swift),
    ("=== \"First\"\n\n    one\n\n=== \"Second\"\n\n    ```swift hl_lines=\"1\"\n    a\n    b\n    ```", "a\nb"),
    ("??? note\n\n    ```swift linenums=\"1\"\n    a\n    b\n    ```", "a\nb"),
    ("```swift file=Kettle.swift region=faulty\n```", "let litres = 1\nboil(10)"),
    ("```swift file=Kettle.swift region=faulty diff=fixed\n```", "let litres = 1\nboil(1)"),
    ("```swift file=Kettle.swift region=faulty diff=fixed linenums hl_lines=\"1\"\n```", "let litres = 1\nboil(1)"),
    ("```diff\n a\n-b\n+c\nd\n```", "a\nc\nd"),
    ("```diff hl_lines=\"1\"\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n a\n-  b\n+  c\n```", "a\n  c"),
    ("```patch\n--- a/x\n+++ b/x\n-b\n+c\n```", "--- a/x\n+++ b/x\n-b\n+c"),
    ("```console\n\(console)\n```", "lab one\nlab two \\\n  --three"),
    ("```console hl_lines=\"2-4\" linenums=\"1\"\n\(console)\n```", "lab one\nlab two \\\n  --three"),
    ("```shell-session title=\"Shell\"\n% lab one\n$ 3\n```", "lab one"),
    (
      "```console\n$ cat >a.swift <<'END'\nlet a = 1\n\n> b\nEND\n$ cat a.swift\nlet a = 1\n```",
      "cat >a.swift <<'END'\nlet a = 1\n\n> b\nEND\ncat a.swift"
    ),
    (
      "```console\n$ printf '%s\n> %s' a b\na\n$ lab \\\n> two # don't\nout\n```",
      "printf '%s\n%s' a b\nlab \\\ntwo # don't"
    ),
    ("```console\nonly output\n```", "only output"),
    ("```console from=kettle/faulty/cpu lines=\"1 4\" hl_lines=\"2\"\n$ lab tea\n$ lab cups\n```", "lab tea\nlab cups"),
    ("![Boiling wins.](figure:kettle/faulty/cpu)", "lab run kettle --profile cpu"),
    ("It [wins](claim:kettle/faulty/cpu).", "lab claims"),
  ]

  @Test func everyBlockIsCopiedAsItIsUsed() throws {
    let copied = try copied(from: Self.blocks.map(\.markdown))
    try #require(copied.count == Self.blocks.count)
    for (block, text) in zip(Self.blocks, copied) { #expect(text == block.copied, "\(block.markdown)") }
  }

  /// What is copied of a terminal's text is run by a shell, and prints what the text says.
  @Test func copiedCommandsRun() throws {
    let text = """
      ```console hl_lines="1"
      $ cat >greet.sh <<'END'
      echo "Hello, $1"
      END
      $ for name in A \\
        B; do sh greet.sh $name; done
      Hello, A
      Hello, B
      $ echo 'two
      > lines'
      two
      lines
      ```
      """
    let commands = try #require(try copied(from: [text]).first)
    let folder = try TemporaryDirectory()
    let shell = try #require(Tool("sh"))
    #expect(try shell.run(["-c", commands], in: folder.path) == "Hello, A\nHello, B\ntwo\nlines\n")
  }
}
