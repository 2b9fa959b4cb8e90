import Foundation
import LocalServer
import Pprof
import TestSupport
import Testing

@testable import lab

/// `lab pprof -weblist` on a program built here.
@Suite(.enabled(if: Tool("clang") != nil && Tool("objdump") != nil, "needs clang and binutils"))
struct PprofWeblistTests {
  private let folder: TemporaryFolder
  private let start: UInt64

  init() throws {
    folder = try TemporaryFolder()
    let source = """
      static inline __attribute__((always_inline)) int twice(int n) {
      \treturn n * 2 + 1 < 3 ? "a&b"[n & 1] : n;
      }
      int work(int n) {
        int sum = 0;
        for (int i = 0; i < n; i++) sum += twice(i);
        return sum;
      }
      int main(void) { return work(3); }

      """
    try Data(source.utf8).write(to: URL(fileURLWithPath: folder.file("work.c")))
    try #require(Tool("clang")).run(["-g", "-O1", folder.file("work.c"), "-o", folder.file("program")])
    let symbols = try #require(Tool("nm")).run([folder.file("program")])
    let line = try #require(symbols.split(separator: "\n").first { $0.hasSuffix(" T work") })
    start = try #require(UInt64(line.prefix(16), radix: 16))
    var profile = Profile(sampleTypes: [ValueType(type: "cpu", unit: "nanoseconds")])
    profile.mappings = [Mapping(id: 1, start: 0, limit: .max, file: folder.file("program"))]
    profile.functions = [
      Function(id: 1, name: "work", systemName: "work", filename: folder.file("work.c")),
      Function(id: 2, name: "elsewhere", systemName: "elsewhere", filename: "/nowhere/e.c"),
    ]
    profile.locations = [
      Location(id: 1, mapping: 0, address: start, lines: [Line(function: 0, line: 4)]),
      Location(id: 2, mapping: 0, address: start + 1, lines: [Line(function: 0, line: 4)]),
      Location(id: 3, address: 77, lines: [Line(function: 1, line: 9)]),
    ]
    profile.samples = [
      Sample(locations: [0], values: [10_000_000]), Sample(locations: [1], values: [20_000_000]),
      Sample(locations: [2], values: [30_000_000]),
    ]
    try profile.write(to: folder.file("p.pb.gz"))
  }

  private func page(_ expression: String, _ flags: String...) throws -> String {
    let request = try PprofRequest(arguments: ["-weblist", expression] + flags + [folder.file("p.pb.gz")])
    return String(
      decoding: try request.contents(of: try request.report(of: try request.profile { _ in })), as: UTF8.self)
  }

  @Test("lines with what they cost, and below them the code that was made of them, calls inlined into it named")
  func lines() throws {
    let page = try page("work")
    #expect(page.contains("<title>program cpu</title>"))
    #expect(page.contains("<div class=\"legend\">File: program<br>\nType: cpu<br>Total: 60ms</div><h2>work</h2>"))
    #expect(
      page.contains("<p class=\"filename\">\(folder.file("work.c"))</p>\n<pre onClick=\"pprof_toggle_asm(event)\">\n"))
    #expect(page.contains("  Total:        30ms       30ms (flat, cum) 50.00%\n"))
    // The function's first instruction is of its first line or of its loop's, as the compiler likes it.
    let costly = page.components(separatedBy: "\n<span class=line>").filter { $0.contains("        30ms       30ms  ") }
    #expect(costly.contains { $0.contains("<span class=livesrc>") && $0.contains("</span><span class=asm>") })
    let instruction = try #require(
      page.split(separator: "\n").first { $0.contains(" \(String(start, radix: 16)): ") })
    #expect(instruction.firstMatch(of: #/: +[a-z]+ .*<span class=unimportant>work\.c:[0-9]+<\/span>/#) != nil)
    // The inlined line stands above its instructions, by its own number.
    #expect(page.contains("<span class=inlinesrc>"))
    #expect(page.contains("return n * 2 &#43; 1 &lt; 3 ? &#34;a&amp;b&#34;[n &amp; 1] : n;"))
    #expect(page.contains("</span> <span class=unimportant>work.c:2</span>"))
    #expect(page.hasSuffix("\n</pre>\n\n</body>\n</html>\n"))
  }

  @Test("the web view has the code below its line, to be opened without a script")
  func webView() async throws {
    let request = try PprofRequest(arguments: ["-http=:", folder.file("p.pb.gz")])
    let web = PprofWeb(request, profile: try request.profile { _ in }, base: nil)
    func page(_ query: String, _ path: String = "/source", of web: PprofWeb) async -> String {
      let response = await web.response(to: Request(path: path, query: URLQuery(query)))
      guard case .bytes(let bytes) = response.body else { return "" }
      return String(decoding: bytes, as: UTF8.self)
    }
    let work = await page("f=work", of: web)
    let line = try #require(work.components(separatedBy: "<details><summary><code>").dropFirst().first)
    #expect(line.contains("</code></summary><pre class=\"asm\">"))
    #expect(work.contains("<i>return n * 2 + 1 &lt; 3 ? &quot;a&amp;b&quot;[n &amp; 1] : n;  work.c:2</i>"))
    let instruction = try #require(
      work.split(separator: "\n").first { $0.contains(" \(String(start, radix: 16))  ") })
    // What was measured in its middle is its own, too.
    #expect(instruction.firstMatch(of: #/<b> +[13]0ms +[13]0ms /#) != nil)
    // Machine code is found by the name that one reads, too, and is told by it.
    var renamed = try request.profile { _ in }
    renamed.functions[0].name = "Worker.work(_:)"
    let swift = PprofWeb(request, profile: renamed, base: nil)
    let code = await page("f=^Worker%5C.work%5C(_:%5C)$", "/disasm", of: swift)
    #expect(
      code.contains("<code>Worker.work(_:)</code>")
        && code.contains("<td class=\"num\">\(String(start, radix: 16))</td>"))
    #expect(await page("f=work", "/disasm", of: web).contains("<code>work</code>"))
    // Of what has no binary there is the source, or that it is missing.
    #expect(await !page("f=elsewhere", of: web).contains("class=\"asm\""))
  }

  @Test("what has no binary is listed by what the profile says")
  func withoutBinary() throws {
    let page = try page("elsewhere")
    #expect(page.contains("<h2>elsewhere</h2><p class=\"filename\">/nowhere/e.c</p>"))
    #expect(
      page.contains("<span class=line>      9</span> <span class=deadsrc>        30ms       30ms           ??? </span>")
    )
    #expect(!page.contains("class=asm"))
  }

  @Test("nothing that matches is said in pprof's words")
  func noMatch() throws {
    let error = #expect(throws: (any Error).self) { try page("nobody") }
    #expect("\(error!)" == "no matches found for regexp: nobody")
  }

  @Test("-tools says where programs are looked for first, all of them or one")
  func tools() throws {
    let bin = folder.file("bin")
    try FileManager.default.createDirectory(atPath: bin, withIntermediateDirectories: true)
    for name in ["llvm-objdump", "objdump"] {
      let text = "#!/bin/sh\nprintf '%x: ours\\n' \(start)\n"
      try Data(text.utf8).write(to: URL(fileURLWithPath: "\(bin)/\(name)"))
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(bin)/\(name)")
    }
    func disassembly(_ tools: String) throws -> String {
      let request = try PprofRequest(arguments: ["-disasm=work", "-tools=\(tools)", folder.file("p.pb.gz")])
      return String(
        decoding: try request.contents(of: try request.report(of: try request.profile { _ in })), as: UTF8.self)
    }
    #expect(try disassembly(bin).contains(": ours"))
    #expect(try disassembly("nm:/nowhere,objdump:\(bin)").contains(": ours"))
    #expect(try !disassembly("nm:\(bin)").contains(": ours"))
    #expect(try !disassembly("").contains(": ours"))
  }
}
