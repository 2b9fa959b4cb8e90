import Analysis
import Foundation
import LocalServer
import Pprof
import TestSupport
import Testing

@testable import Figures
@testable import lab

/// What the web view of `lab pprof` answers.
struct PprofWebTests {
  /// An answer, its body as text.
  struct Page {
    var status: Int
    var headers: [Response.Header]
    var bytes: [UInt8]
    var text: String { String(decoding: bytes, as: UTF8.self) }
    var main: String { text.components(separatedBy: "<main").dropFirst().joined() }

    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
  }

  private func web(_ profile: Profile = .decoder, base: Profile? = nil, flags: [String] = []) throws -> PprofWeb {
    PprofWeb(try PprofRequest(arguments: ["-http=:"] + flags + ["x"]), profile: profile, base: base)
  }

  private func ask(_ web: PprofWeb, _ target: String, method: Request.Method = .get) async -> Page {
    let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
    let request = Request(
      method: method, path: parts[0].removingPercentEncoding ?? "", query: URLQuery(parts.dropFirst().first ?? ""))
    let response = await web.response(to: request)
    guard case .bytes(let bytes) = response.body else { return Page(status: 0, headers: [], bytes: []) }
    return Page(status: response.status, headers: response.headers, bytes: bytes)
  }

  @Test("every view has its page, at pprof's paths", .enabled(if: Tool("dot") != nil))
  func views() async throws {
    let web = try web()
    for (path, found) in [
      ("/", "class=\"flame\""), ("/flamegraph", "class=\"flame\""), ("/ui/flamegraph", "class=\"flame\""),
      ("/ui/", "class=\"flame\""), ("/graph", "class=\"graph"), ("/ui/graph", "class=\"graph"),
      ("/top", "class=\"top\""), ("/peek?f=walk", "class=\"peek\""), ("/source?f=walk", "class=\"source\""),
      ("/peek", "Choose a function"), ("/source", "Choose a function"), ("/disasm", "Choose a function"),
    ] {
      let page = await ask(web, path)
      #expect(page.status == 200, "\(path)")
      #expect(page.main.contains(found), "\(path)")
      #expect(page.header("Content-Security-Policy") == ViewPage.policy)
    }
    #expect(await ask(web, "/nothing").status == 404)
    #expect(await ask(web, "/top", method: .post).status == 405)
    // No binary is at hand: that is said, not a failure of the server.
    let code = await ask(web, "/disasm?f=walk")
    #expect(code.status == 400 && code.main.contains("role=\"alert\""))
  }

  @Test("a page asks for nothing from elsewhere and says what it may run, as its header does")
  func policy() async throws {
    let page = await ask(try web(), "/flamegraph").text
    let script = ViewPage.script
    let hash = SHA256.digest(of: script).base64
    #expect(ViewPage.policy.contains("script-src 'sha256-\(hash)'") && ViewPage.policy.hasPrefix("default-src 'none'"))
    #expect(page.contains("<script>" + String(decoding: script, as: UTF8.self) + "</script>"))
    #expect(page.components(separatedBy: "<script").count == 2)
    #expect(page.contains("http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'"))
    for address in ["http://", "https://", " src=", "@import", "url("] {
      #expect(!page.replacing("http://www.w3.org/", with: "").contains(address), "\(address)")
    }
  }

  @Test("the addresses of pprof's view mean here what they mean there")
  func parameters() throws {
    let request = try PprofRequest(arguments: ["-http=:", "-focus=given", "-unit=ms", "x"])
    func asked(_ query: String) throws -> PprofRequest { try request.asked(by: URLQuery(query)) }
    let all = try asked(
      "f=a&i=b&h=c&s=d&sf=e&prunefrom=k&tf=l&ti=m&ts=n&th=o&si=samples&mean=t&unit=s&n=7&nf=0.5&ef=0.25&trim=f&dropneg=t"
        + "&calltree=t&rel=t&compact=1&intel=true&noinlines=t&showcolumns=t&sort=cum&g=lines&tagroot=client&tagleaf=kind"
    )
    let (options, filters) = (all.options, all.options.filters)
    #expect(filters.focus == "a" && filters.ignore == "b" && filters.hide == "c" && filters.show == "d")
    #expect(filters.showFrom == "e" && filters.pruneFrom == "k" && filters.tagFocus == "l" && filters.tagIgnore == "m")
    #expect(
      filters.tagShow == "n" && filters.tagHide == "o" && filters.tagRoot == "client" && filters.tagLeaf == "kind")
    #expect(options.sampleIndex == "samples" && options.mean && options.unit == "s" && options.nodeCount == 7)
    #expect(options.nodeFraction == 0.5 && options.edgeFraction == 0.25 && !options.trim && options.dropNegative)
    #expect(options.callTree && options.relativePercentages && options.compactLabels && all.intelSyntax)
    #expect(options.noInlines && options.showColumns && options.sort == .cum && options.granularity == .lines)
    let none = try asked("f=&unknown=1&sort=")
    #expect(none.options.filters.focus == "given" && none.options.unit == "ms" && none.options.sort == .flat)
    #expect(try asked("f=decode(from:)").options.filters.focus == #"decode\(from:\)"#)
    for wrong in ["n=x", "trim=maybe", "sort=up", "g=planets", "nf=much"] {
      #expect(throws: PprofFlagError.self) { try asked(wrong) }
    }
  }

  @Test("filters filter, and a wrong one is said to be wrong above what else the page has")
  func filters() async throws {
    let web = try web()
    let walk = await ask(web, "/flamegraph?f=walk").main
    #expect(walk.contains("visit") && !walk.contains("RecordBatch"))
    #expect(walk.contains("focus=walk"))
    let samples = await ask(web, "/top?si=samples").text
    #expect(samples.contains("<option value=\"samples\" selected=\"\">"))
    let wrong = await ask(web, "/flamegraph?f=[")
    #expect(wrong.status == 400 && wrong.main.contains("class=\"problem\"") && wrong.text.contains("name=\"f\""))
    #expect(await ask(web, "/top?f=nobody").main.contains("Focus expression matched no samples"))
    let roots = await ask(web, "/flamegraph?tagroot=client").main
    #expect(roots.contains(">reader"))
    let reader = await ask(web, "/top?tf=client%3D%5Ewriter%24").main
    #expect(reader.contains("swift_allocObject") && !reader.contains("checksum"))
  }

  @Test("labels are offered: their values as filters, their keys as roots")
  func labels() async throws {
    let page = await ask(try web(), "/top?f=main").main
    #expect(page.contains("href=\"top?f=main&amp;tf=client%3D%5Ereader%24\""))
    #expect(page.contains("href=\"top?f=main&amp;tagroot=client\""))
    let chosen = await ask(try web(), "/top?tf=client%3D%5Ereader%24").main
    #expect(chosen.contains("✓ reader"))
  }

  @Test("numbers explain themselves, and names lead on")
  func meanings() async throws {
    let top = await ask(try web(), "/top").main
    #expect(top.contains("title=\"Flat: ") && top.contains("in FetchResponse.decode(from:) and all that it calls."))
    #expect(top.contains("href=\"peek?f=%5EFetchResponse%5C.decode%5C%28from:%5C%29%24\""))
    let peek = await ask(try web(), "/peek?f=%5EFetchResponse%5C.decode%5C%28from:%5C%29%24").main
    #expect(peek.contains("when called by FetchResponse.decode(from:)."))
    // What has more to say of itself says where.
    var explained = Profile.decoder
    explained.documentationURL = "https://example.org/cpu"
    #expect(await ask(try self.web(explained), "/top").text.contains("<a href=\"https://example.org/cpu\">"))
    explained.documentationURL = "javascript:alert(1)"
    #expect(await !ask(try self.web(explained), "/top").text.contains("href=\"javascript"))
    // The figures of pages stay as they are.
    let figure = try FigureKind.top.draw(FigureInput(profile: .decoder)).body
    #expect(!figure.contains("title=") && !figure.contains("<a "))
  }

  @Test("a pivot shows what leads to a function, and what it calls")
  func pivot() async throws {
    let page = await ask(try web(), "/flamegraph?p=RecordBatch").main
    let parts = page.components(separatedBy: "<h2>")
    #expect(parts.count == 3)
    #expect(parts[1].contains("What leads to RecordBatch") && parts[1].contains("title=\"serve"))
    #expect(!parts[1].contains("title=\"checksum"))
    #expect(parts[2].contains("title=\"checksum") && !parts[2].contains("title=\"serve"))
  }

  @Test("an address leads to a zoomed frame, with a script and without")
  func zoom() async throws {
    let web = try web()
    let page = await ask(web, "/flamegraph?zoom=FetchResponse.decode(from:)").main
    #expect(page.contains("data-zoomed"))
    let rows = page.components(separatedBy: "<i").dropFirst()
    let focused = rows.filter { $0.prefix { $0 != ">" }.contains("tabindex=\"0\"") }
    #expect(focused.count == 1 && focused[0].contains("title=\"FetchResponse.decode(from:)"))
    #expect(rows.contains { $0.contains("hidden=\"\"") && $0.contains("title=\"walk") })
    // Without a script links lead to the frames around.
    let ways = try #require(page.components(separatedBy: "<noscript>").dropFirst().first)
    #expect(ways.contains("<a href=\"flamegraph\">the whole graph</a> › <a href=\"flamegraph?zoom=main~"))
    let below = try #require(ways.components(separatedBy: "Zoom into: ").dropFirst().first)
    let target = try #require(below.firstMatch(of: #/<a href="([^"]+)">/#)).1
    let deeper = await ask(web, "/\(target)").main
    #expect(deeper.contains("data-zoomed") && deeper.contains("Zoomed into: "))
    for nowhere in ["nobody", "99~walk", "", "~", "-1~walk", "9999999999999999999~walk"] {
      let page = await ask(web, "/flamegraph?zoom=\(nowhere)")
      #expect(page.status == 200 && !page.main.contains("data-zoomed"), "\(nowhere)")
    }
  }

  @Test("a base makes every view a difference", .enabled(if: Tool("dot") != nil))
  func difference() async throws {
    let web = try web(.laterDecoder, base: .decoder)
    #expect(await ask(web, "/flamegraph").main.contains("less than before"))
    #expect(await ask(web, "/top").main.contains("Percent of all that was measured before"))
    #expect(await ask(web, "/graph").main.contains("more than before"))
    #expect(await ask(web, "/peek?f=walk").main.contains("+"))
    let normalized = await ask(web, "/flamegraph?norm=t")
    #expect(normalized.status == 200)
    #expect(normalized.text.contains("<option value=\"t\" selected=\"\">scaled</option>"))
    #expect(await !ask(try self.web(), "/flamegraph").text.contains("name=\"norm\""))
    let whole = try Profile(decoding: await ask(web, "/download").bytes)
    #expect(whole.samples.contains { $0.labels["pprof::base"] == ["true"] })
  }

  @Test(
    "what is taken along: the profile, a view as one file, the graph as pprof draws it",
    .enabled(if: Tool("dot") != nil))
  func downloads() async throws {
    let web = try web()
    let profile = await ask(web, "/download")
    #expect(profile.header("Content-Disposition") == "attachment; filename=\"profile.pb.gz\"")
    #expect(try Profile(decoding: profile.bytes) == (try Profile(decoding: try Profile.decoder.encoded())))
    for view in ["flamegraph", "graph", "top", "peek"] {
      let saved = await ask(web, "/save?view=\(view)&f=walk")
      #expect(saved.status == 200 && saved.header("Content-Disposition") == "attachment; filename=\"\(view).html\"")
      #expect(saved.text.contains("visit") && !saved.text.contains("<form") && !saved.text.contains("href="))
      #expect(saved.text.contains("default-src 'none'"))
    }
    #expect(await ask(web, "/save?view=nothing").status == 404)
    let svg = await ask(web, "/svg?f=walk")
    #expect(svg.header("Content-Type") == "image/svg+xml" && svg.text.contains("<svg"))
    let script = svg.text.components(separatedBy: "<script><![CDATA[").last?.components(separatedBy: "]]></script>")
      .first
    let hash = SHA256.digest(of: Array((script ?? "").utf8)).base64
    #expect(svg.header("Content-Security-Policy")?.contains("'sha256-\(hash)'") == true)
  }

  @Test("names are text, whatever they are", .enabled(if: Tool("dot") != nil))
  func hostileNames() async throws {
    var profile = Profile.decoder
    let names = [
      "</script><script>alert(1)</script>", "\" onfocus=\"x", "<img src=x onerror=alert(1)>", "]]>&amp;'", "</main><b>",
    ]
    for (index, name) in names.enumerated() { profile.functions[index].name = name }
    profile.functions[2].filename = "\"><script>alert(2)</script>"
    profile.comments = ["<b>bold</b>"]
    profile.mappings[0].file = "/bin/<i>app"
    profile.samples[0].labels["<u>"] = ["\"><script>alert(3)</script>"]
    profile.sampleTypes[0].type = "<s>"
    let web = try web(profile)
    for path in [
      "/flamegraph", "/graph", "/top", "/peek?f=.", "/source?f=.", "/flamegraph?p=%3Cscript&tf=%22%3E%3Cb%3E",
      "/top?g=files",
    ] {
      let page = await ask(web, path)
      #expect(page.text.components(separatedBy: "<script").count == 2, "\(path)")
      for text in ["<img", "<b>", "<i>app", "<u>", "<s>", "alert(1)</script>", "onfocus=\"x"] {
        #expect(!page.text.contains(text), "\(path): \(text)")
      }
    }
    #expect(await ask(web, "/top").text.contains("&lt;img src=x onerror=alert(1)&gt;"))
    let saved = await ask(web, "/save?view=top")
    #expect(saved.text.components(separatedBy: "<script").count == 2)
  }

  @Test("a flame graph of very many frames stays a small page")
  func largeProfile() async throws {
    var builder = ProfileBuilder("samples/count", "cpu/nanoseconds")
    for number in 0..<6_000 {
      let stack =
        ["main@m.swift:1", "f\(number % 7)@m.swift:1", "g\(number % 300)@m.swift:1"]
        + (0..<8).map { "h\(number)_\($0)@m.swift:1" }
      builder.add(stack.joined(separator: ";"), 1, 10)
    }
    let page = await ask(try web(builder.profile, flags: ["-trim=false"]), "/flamegraph?trim=f")
    #expect(page.status == 200 && page.bytes.count < 1_000_000)
    #expect(page.main.contains("title=\"g299"))
  }

  @Test("a zoomed frame is drawn as finely as a whole graph, and the page stays small")
  func zoomIsFine() async throws {
    var builder = ProfileBuilder("samples/count", "cpu/nanoseconds")
    for number in 0..<5_000 { builder.add("main@m.swift:1;wide\(number)@m.swift:1", 1, 1_000_000) }
    for number in 0..<3_000 { builder.add("main@m.swift:1;narrow@m.swift:1;leaf\(number)@m.swift:1", 1, 10) }
    let web = try web(builder.profile)
    let whole = await ask(web, "/flamegraph?trim=f").main
    #expect(!whole.contains("title=\"leaf") && whole.contains("data-pruned"))
    let zoomed = await ask(web, "/flamegraph?trim=f&zoom=narrow")
    #expect(zoomed.bytes.count < 1_000_000)
    #expect(zoomed.main.components(separatedBy: "title=\"leaf").count == 3_001)
    // A frame of a few pixels is placed to a fraction of one.
    let width = try #require(zoomed.main.firstMatch(of: #/--w:([0-9]+)" title="leaf/#)?.1)
    let all = try #require(zoomed.main.firstMatch(of: #/--t:([0-9]+)/#)?.1)
    let parts = try #require(Double(all)) / (try #require(Double(width)))
    #expect(abs(parts - 3_000) < 1)
    // A file that is taken along has no page to be made anew.
    let saved = await ask(web, "/save?view=flamegraph&trim=f&zoom=narrow")
    #expect(saved.text.contains("data-zoomed"))
    #expect(!saved.text.contains("data-pruned=") && !saved.text.contains("<noscript"))
  }

  @Test("whatever is asked of whatever profile, there is an answer")
  func fuzz() async throws {
    var random = SeededGenerator(seed: 19)
    let names = PprofFlag.queryNames.map(\.query) + ["sort", "g", "p", "inv", "zoom", "zoom", "view", "x"]
    let values = [
      "", ".", "walk", "[", "t", "f", "-1", "0", "1", "99999999999999999999", "cum", "lines", "addresses", "files",
      "client",
      "client=reader", "1kb:", ":", "(?i)X", "0x400000", "samples", "main~4a13d298", "\u{0}", "<b>", "minimum", "s",
      "1e308",
      "nan",
    ]
    let paths =
      PprofWebView.allCases.filter { $0 != .graph }.map { "/\($0.rawValue)" } + ["/save", "/download", "/ui/", "//"]
    for round in 0..<300 {
      var query = URLQuery()
      for _ in 0..<Int.random(in: 0...4, using: &random) {
        query[names.randomElement(using: &random)!] = values.randomElement(using: &random)!
      }
      var profile = round % 2 == 0 ? Profile.decoder : .laterDecoder
      if round % 5 == 0 {
        for sample in profile.samples.indices {
          profile.samples[sample].values = profile.samples[sample].values.map { _ in
            [Int64.min, .max, -1, 0, 1].randomElement(using: &random)!
          }
        }
      }
      let web = try web(profile, base: round % 7 == 0 ? .decoder : nil)
      let path = paths.randomElement(using: &random)!
      let response = await web.response(to: Request(path: path, query: query))
      #expect([200, 400, 404].contains(response.status), "\(path) \(query.text)")
    }
  }
}
