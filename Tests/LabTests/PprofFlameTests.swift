import Foundation
import Pprof
import TestSupport
import Testing

@testable import Figures
@testable import lab

/// `lab pprof -flame`: one file, SVG or HTML, that asks for nothing from elsewhere.
struct PprofFlameTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try Profile.decoder.write(to: folder.file("a.pb.gz"))
    var former = Profile.decoder
    former.scale(by: 2)
    try former.write(to: folder.file("b.pb.gz"))
  }

  private func flame(_ flags: String...) throws -> String {
    let request = try PprofRequest(arguments: ["-flame"] + flags + [folder.file("a.pb.gz")])
    return String(decoding: try request.flame { _ in }, as: UTF8.self)
  }

  @Test("the output's name says which kind of file it is")
  func kinds() throws {
    let svg = try flame("-o", "x.svg")
    #expect(svg.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\"") && !svg.contains("<script"))
    #expect(try flame() == svg)
    let html = try flame("-o", "X.HTML")
    #expect(html.hasPrefix("<!DOCTYPE html>"))
    #expect(html.contains("FetchResponse.decode(from:)"))
    #expect(html.contains("Type: cpu"))
    let policy = SHA256.digest(of: PackageResources.figures_js).base64
    #expect(html.contains("script-src 'sha256-\(policy)'"))
    #expect(try flame("-o", "X.HTML") == html)
    for address in ["http://", "https://", "src=", "@import", "url("] {
      let found = html.replacing("http://www.w3.org/", with: "")
      #expect(!found.contains(address), "\(address)")
    }
  }

  @Test("filters and values are those of the flags")
  func filters() throws {
    let whole = try flame("-o=x.html")
    let walk = try flame("-o=x.html", "-focus=walk", "-sample_index=samples")
    #expect(walk.contains("visit") && whole.contains("FetchResponse.decode"))
    let kept = walk.components(separatedBy: "FetchResponse.decode")
    #expect(kept.count == 1, "\(kept.dropLast().map { $0.suffix(200) })")
    #expect(walk.contains("Active filters:<br>   focus=walk"))
    #expect(try flame("-divide_by=10", "-sample_index=samples").contains("visit"))
    #expect(try flame("-tagroot=client").contains("reader"))
    #expect(try flame("-lines").contains("tree.swift:7"))
    #expect(throws: (any Error).self) { try flame("-focus=[") }
  }

  @Test("a base makes it a difference, with what chance leaves open where both were sampled")
  func difference() throws {
    for flag in ["-base", "-diff_base"] {
      let html = try flame("-o=x.html", "\(flag)=\(folder.file("b.pb.gz"))")
      #expect(html.contains("less than before"))
      #expect(html.contains("±"))
      #expect(html.contains("→"))
    }
    let same = try flame("-o=x.html", "-base=\(folder.file("a.pb.gz"))")
    #expect(!same.contains("less than before") && !same.contains("more than before"))
    let normalized = try flame("-o=x.html", "-normalize", "-base=\(folder.file("b.pb.gz"))")
    #expect(!normalized.contains("less than before"))
  }

  @Test("names are text, whatever they are")
  func hostileNames() throws {
    var profile = Profile.decoder
    let names = ["</script><script>alert(1)</script>", "\" onload=\"x", "<img src=x onerror=alert(1)>", "]]>&amp;"]
    for (index, name) in names.enumerated() { profile.functions[index].name = name }
    profile.comments = ["<b>bold</b>"]
    profile.mappings[0].file = "/bin/<i>app"
    try profile.write(to: folder.file("a.pb.gz"))
    let html = try flame("-o=x.html")
    #expect(html.components(separatedBy: "<script").count == 2)
    for text in ["<img", "<b>bold", "<i>app", "alert(1)</script>"] { #expect(!html.contains(text), "\(text)") }
    #expect(html.contains("&lt;img src=x onerror=alert(1)&gt;"))
    #expect(html.contains("&lt;b&gt;bold&lt;/b&gt;") && html.contains("&lt;i&gt;app"))
  }
}

/// A call graph's picture in a browser.
struct PannedDrawingTests {
  @Test("the picture fills the window and keeps what it shows; its script is the only one")
  func picture() throws {
    let drawn = """
      <?xml version="1.0"?>
      <svg width="120pt" height="80pt"
       viewBox="0.00 0.00 120.00 80.00" xmlns="http://www.w3.org/2000/svg"><g><title>&lt;/svg&gt; width="3pt"</title></g>
      </svg>

      """
    let svg = String(decoding: PannedDrawing(svg: Array(drawn.utf8)).svg, as: UTF8.self)
    #expect(svg.contains("<svg viewBox=\"0.00 0.00 120.00 80.00\" xmlns=\"http://www.w3.org/2000/svg\" width=\"100%\""))
    #expect(svg.contains("&lt;/svg&gt; width=\"3pt\""))
    #expect(svg.components(separatedBy: "<script>").count == 2)
    #expect(svg.hasSuffix("]]></script>\n</svg>\n"))
    #expect(!String(decoding: PackageResources.panning_js, as: UTF8.self).contains("]]>"))
    #expect(PannedDrawing(svg: Array("no picture".utf8)).svg == Array("no picture".utf8))
  }

  @Test("a drag pans, the wheel and keys zoom, 0 shows all", .enabled(if: Browser.isThere && Tool("dot") != nil))
  func browser() throws {
    let folder = try TemporaryFolder()
    try Profile.decoder.write(to: folder.file("a.pb.gz"))
    let request = try PprofRequest(arguments: ["-svg", folder.file("a.pb.gz")])
    let svg = try request.contents(of: try request.report(of: try request.profile { _ in }))
    try Data(svg).write(to: URL(fileURLWithPath: folder.file("graph.svg")))
    let script = """
      path = sys.stdin.read()
      with sync_playwright() as p:
          page = launch(p).new_page(viewport={'width': 800, 'height': 600})
          errors = []
          page.on('pageerror', lambda e: errors.append(str(e)))
          page.goto('file://' + path)
          box = lambda: [float(x) for x in page.evaluate("document.documentElement.getAttribute('viewBox')").split()]
          home = box()
          page.mouse.move(400, 300); page.mouse.down(); page.mouse.move(300, 250, steps=4); page.mouse.up()
          panned = box()
          page.mouse.wheel(0, -300); page.wait_for_timeout(100)
          zoomed = box()
          page.keyboard.press('-')
          out = box()
          page.keyboard.press('0')
          print(json.dumps([home, panned, zoomed, out, box(), errors]))
      """
    let result = try Browser.run(script, input: folder.file("graph.svg"))
    let values = try #require(try JSONSerialization.jsonObject(with: result) as? [[Any]])
    let boxes = values.prefix(5).map { $0.compactMap { ($0 as? NSNumber)?.doubleValue } }
    #expect(values[5].isEmpty)
    let (home, panned, zoomed, out) = (boxes[0], boxes[1], boxes[2], boxes[3])
    #expect(panned[0] > home[0] && panned[1] > home[1] && panned[2] == home[2])
    #expect(zoomed[2] < panned[2] && out[2] > zoomed[2])
    #expect(boxes[4] == home)
  }
}
