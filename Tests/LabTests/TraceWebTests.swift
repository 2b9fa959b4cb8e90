import Analysis
import ExecutionTrace
import Foundation
import LocalServer
import Pprof
import TestSupport
import Testing

@testable import Figures
@testable import lab

/// Traces that the web view is tried on.
enum WebTraces {
  /// Markup, and marks that steer text.
  static let hostile = "</script><script>alert(1)</script><b onclick=\"x\">'&\u{202E}"

  /// Two threads, tasks of two functions with labels, a user task, regions, a counter and a lock; all names are the given
  /// one with a word behind it.
  static func small(named name: String = "") -> Trace {
    var builder = TraceBuilder(program: "/tmp/\(name)server", duration: 100_000_000, processors: 2)
    let threads = (0..<2).map { builder.thread(TraceThread(id: 71 + $0, name: "\(name)worker", isPool: $0 == 1)) }
    func stack(_ function: String) -> UInt32 {
      builder.stack(TraceStack(frames: [TraceFrame(function: name + function, file: "\(name)a.swift", line: 3)]))
    }
    let (serve, parse, wait) = (stack("serve()"), stack("parse()"), stack("wait()"))
    let labels = ["one", "two"].map { builder.labels([TraceLabel(key: "\(name)client", value: name + $0)]) }
    let (request, query, size) = (
      builder.text("\(name)request"), builder.text("\(name)query"), builder.text("\(name)open bytes")
    )
    let actor = builder.executor(TraceExecutor(.defaultActor, typeName: "\(name)Ledger", address: 9))
    for number in 0..<40 {
      let (id, start) = (UInt64(number + 1), Int64(number) * 2_000_000)
      let thread = threads[number % 2]
      func tell(_ kind: TraceEvent.Kind, _ offset: Int64, _ fill: (inout TraceEvent) -> Void = { _ in }) {
        var event = TraceEvent(kind, at: start + offset, thread: thread, task: id)
        fill(&event)
        builder.append(event)
      }
      tell(.taskMade, 0) { $0.index = number % 3 == 0 ? parse : serve }
      tell(.labels, 0) { $0.index = labels[number % 2] }
      tell(.taskRunnable, 0) { $0.thread = threads[1 - number % 2] }
      tell(.taskRuns, 200_000)
      tell(.userTaskBegins, 200_000) { ($0.other, $0.index) = (id, request) }
      tell(.regionBegins, 300_000) { ($0.other, $0.index) = (id, query) }
      tell(.callBlocks, 400_000) { ($0.index, $0.reason) = (wait, .lock) }
      tell(.callReturns, 700_000)
      tell(.regionEnds, 800_000) { ($0.other, $0.index) = (id, query) }
      tell(.taskSuspends, 900_000) { ($0.index, $0.reason) = (wait, .continuation) }
      tell(.taskRunnable, 1_200_000) { $0.executor = actor }
      tell(.taskRuns, 1_400_000) { $0.executor = actor }
      tell(.sample, 1_500_000) { ($0.index, $0.value) = (wait, 10_000_000) }
      tell(.counter, 1_500_000) { ($0.index, $0.value) = (size, Int64(number * 100)) }
      tell(.userTaskEnds, 1_600_000) { ($0.other, $0.index) = (id, request) }
      tell(.taskEnds, 1_800_000)
    }
    builder.lose(TraceLoss("\(name)events were lost", count: 3))
    return builder.trace()
  }

  static func web(_ trace: Trace) throws -> TraceWeb {
    TraceWeb(TraceViews(source: try TraceViews.Source(trace), name: "t.trace"))
  }

  /// The published capture of which Figures 7 and 8 are drawn.
  static func sort() throws -> Trace {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return try Trace(contentsOf: root.appendingPathComponent("Content/captures/merge-sort/faulty/trace.trace.gz").path)
  }
}

/// What the web view of `lab trace` answers.
struct TraceWebTests {
  private struct Page {
    var status: Int
    var headers: [Response.Header]
    var bytes: [UInt8]
    var text: String { String(decoding: bytes, as: UTF8.self) }
    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
  }

  private func ask(_ web: TraceWeb, _ target: String, method: Request.Method = .get) async -> Page {
    let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
    let response = await web.response(
      to: Request(method: method, path: parts[0], query: URLQuery(parts.dropFirst().first ?? "")))
    guard case .bytes(let bytes) = response.body else { return Page(status: 0, headers: [], bytes: []) }
    return Page(status: response.status, headers: response.headers, bytes: bytes)
  }

  private static let views = [
    "/", "/?start=2ms&length=1ms", "/?by=task", "/?start=0ns&length=10ms&wakes=t", "/?label=client",
    "/?mark=parse()", "/flame", "/flame?of=run", "/flame?of=sched", "/flame?of=sync",
    "/flame?start=50ms&length=20ms&base_start=0ns&base_length=10ms", "/tasks", "/tasks?label=client",
    "/tasks?start=50ms&length=20ms&base_start=0ns&base_length=10ms", "/heat", "/regions",
  ]

  @Test("every view has its page, which asks for nothing from elsewhere and says what it may run")
  func views() async throws {
    let web = try WebTraces.web(WebTraces.small())
    for target in Self.views {
      let page = await ask(web, target)
      #expect(page.status == 200, "\(target)")
      #expect(page.header("Content-Security-Policy") == ViewPage.policy)
      #expect(page.text.components(separatedBy: "<script").count == 2)
      for address in ["http://", "https://", " src=", "@import", "url("] {
        #expect(!page.text.replacing("http://www.w3.org/", with: "").contains(address), "\(target) \(address)")
      }
    }
    #expect(await ask(web, "/nothing").status == 404)
    #expect(await ask(web, "/", method: .post).status == 405)
  }

  @Test("what is asked for wrongly is told in words, on the page")
  func wrong() async throws {
    let web = try WebTraces.web(WebTraces.small())
    for (target, words) in [
      ("/?start=soon", "From: “soon” is no time"), ("/?start=9s", "the trace is over after 100"),
      ("/?length=0ns", "a window needs a length"), ("/?by=actor", "threads or tasks can be rows"),
      ("/?label=nobody", "no task has a label “nobody”"), ("/?n=0", "no number from 1 to"),
      ("/flame?of=magic", "no profile “magic”"), ("/flame?of=syscall", "nothing of the kind in this window"),
    ] {
      let page = await ask(web, target)
      #expect(page.status == 400 && page.text.contains("role=\"alert\"") && page.text.contains(words), "\(target)")
    }
    // Who is not there stands out nowhere; that is no failure.
    let page = await ask(web, "/?mark=nobody()")
    #expect(page.status == 200 && page.text.contains("No task of “nobody()” is in this window."))
  }

  @Test("tasks that are compared say with what")
  func compared() async throws {
    let web = try WebTraces.web(WebTraces.small())
    let words = "Each number is what differs from "
    let page = await ask(web, "/tasks?start=50ms&length=20ms&base_start=10ms&base_length=10ms").text
    #expect(page.contains(words + "10\u{A0}ms from 10\u{A0}ms, as if these were 20\u{A0}ms."))
    let asLong = await ask(web, "/tasks?start=50ms&length=20ms&base_start=10ms&base_length=20ms").text
    #expect(asLong.contains(words + "20\u{A0}ms from 10\u{A0}ms."))
    #expect(await !ask(web, "/tasks").text.contains(words))
  }

  @Test("names that are markup are text, on every page and in every file")
  func hostileNames() async throws {
    let name = WebTraces.hostile
    let web = try WebTraces.web(WebTraces.small(named: name))
    let label = URLQuery([("label", "\(name)client")]).text
    for target in Self.views.map({ $0.replacing("label=client", with: label) }) + [
      "/save?view=timeline", "/save?view=tasks",
    ] {
      let text = await ask(web, target).text
      #expect(
        !text.contains("<script>alert") && !text.contains("<b onclick") && !text.contains("\u{202E}"), "\(target)")
      #expect(text.contains("&lt;script&gt;alert(1)"), "\(target)")
    }
  }

  @Test("a window is the same figure as the lesson's, with the same sentence")
  func sameAsLesson() async throws {
    let trace = try WebTraces.sort()
    let options = try FigureOptions([("view", "timeline"), ("start", "20ms"), ("length", "20us")])
    let figure = try FigureKind.timeline.draw(FigureInput(trace: trace, options: options))
    let page = await ask(try WebTraces.web(trace), "/?start=20ms&length=20us").text
    #expect(page.contains(">\(figure.alt.replacing("&", with: "&amp;"))<"))
    let summary = TraceSummary(trace, in: try TraceWindow(of: trace, start: 20_000_000, length: 20_000))
    #expect(figure.alt.contains("\(Quantity.share(summary.utilisation.running, of: 40_000)) of the time of 2"))
  }

  @Test("what is taken along can be read: a profile of the window, all for Perfetto, a file that zooms")
  func downloads() async throws {
    let trace = WebTraces.small()
    let web = try WebTraces.web(trace)
    let profile = try Profile(decoding: await ask(web, "/profile?of=sync&start=0ns&length=50ms").bytes)
    #expect(profile.samples.contains { $0.labels["user task"] == ["request"] && $0.labels["client"] == ["two"] })
    let perfetto = await ask(web, "/perfetto").bytes
    #expect(perfetto == PerfettoTrace(trace, in: try TraceWindow(of: trace)).bytes)
    let saved = await ask(web, "/save?view=timeline")
    #expect(saved.header("Content-Disposition")?.contains("timeline.html") == true)
    #expect(saved.text.contains("data-whole=\"100000000\"") && !saved.text.contains("href=\"?"))
  }

  @Test("the longest user tasks and regions are listed, and lead to a window in which they are seen")
  func slowest() async throws {
    var builder = TraceBuilder(duration: 1_000_000_000, processors: 1)
    let thread = builder.thread(TraceThread(id: 7, isPool: true))
    let name = builder.text("request")
    for number in 0..<200 as Range<Int64> {
      let start = number * 5_000_000
      // One of them takes forty times as long.
      let end = start + (number == 120 ? 4_000_000 : 100_000)
      builder.append(TraceEvent(.userTaskBegins, at: start, thread: thread, other: UInt64(number + 1), index: name))
      builder.append(TraceEvent(.userTaskEnds, at: end, thread: thread, other: UInt64(number + 1), index: name))
    }
    let web = try WebTraces.web(builder.trace())
    let page = await ask(web, "/regions").text
    let list = try #require(page.firstMatch(of: /<ol class="slowest">(.*?)<\/ol>/.dotMatchesNewlines()))
    let first = try #require(
      list.1.firstMatch(
        of: /<li><b>4.ms<\/b> <code>request<\/code>.*?href="timeline\?start=([^&]*)&amp;length=([^"]*)"/))
    let (start, length) = (TraceTime.parse(String(first.1)) ?? .max, TraceTime.parse(String(first.2)) ?? 0)
    #expect(start <= 600_000_000 && start + length >= 604_000_000 && length <= 20_000_000)
    // All others are as long as one another: the 99th percentile is one of these.
    #expect(list.1.components(separatedBy: "<li>").count == 2)
  }
}
