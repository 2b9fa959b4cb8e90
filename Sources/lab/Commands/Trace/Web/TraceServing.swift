import Analysis
import ExecutionTrace
import Figures
import Foundation
import LocalServer
import Platform

extension TraceCommand {
  /// Serves the web view until the process is told to end, or the program has ended that is looked at.
  /// - Throws: if there is no trace, or nothing can be served there.
  func serve(at text: String) throws -> Never {
    let address: LoopbackAddress
    do throws(ServerError) { address = try LoopbackAddress(text) } catch { throw LabError.failed("\(error)") }
    let (path, isLive) = (file, live)
    let views: @Sendable () throws -> TraceViews = {
      var views = TraceViews(
        source: try TraceViews.Source(try TraceFile.read(path)), name: URL(fileURLWithPath: path).lastPathComponent)
      views.isLive = isLive
      return views
    }
    // It is read while the browser starts; what is not there yet, when somebody asks for it.
    let opening = OpeningTrace(reload: isLive ? views : nil)
    if !isLive {
      let trace = try TraceFile.read(path)
      let name = URL(fileURLWithPath: path).lastPathComponent
      Task.detached { await opening.open { TraceViews(source: try TraceViews.Source(trace), name: name) } }
    }
    let server: LoopbackServer
    do throws(ServerError) {
      server = try LoopbackServer(on: address) { await opening.response(to: $0) }
    } catch { throw LabError.failed("\(error)") }
    let line = "Serving the web view on \(server.url)\n"
    if isLive {
      complain(line.trimmingCharacters(in: .newlines))
    } else {
      try PprofOutput.write(Array(line.utf8), to: "")
    }
    let browser = noBrowser ? nil : OpenedBrowser(showing: server.url)
    let interrupts = Interrupts(exitCode: 0) {
      server.stop()
      browser?.forget()
    }
    while true {
      if let program, !Self.runs(program) {
        server.stop()
        browser?.forget()
        Foundation.exit(0)
      }
      if program == nil { pause() } else { usleep(300_000) }
      withExtendedLifetime(interrupts) {}
    }
  }

  /// Whether a process is there and has not ended.
  private static func runs(_ process: Int32) -> Bool {
    guard let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return false }
    // The state stands behind the name, which may have anything in it.
    return status.split(separator: ")").last.map { !$0.hasPrefix(" Z") && !$0.hasPrefix(" X") } ?? false
  }
}

/// A trace that is read while the server runs already.
private actor OpeningTrace {
  private let reload: (@Sendable () throws -> TraceViews)?
  private var opened: Task<TraceWeb, any Error>?
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(reload: (@Sendable () throws -> TraceViews)?) { self.reload = reload }

  /// Begins to read.
  func open(_ views: @escaping @Sendable () throws -> TraceViews) {
    opened = Task.detached { TraceWeb(try views()) }
    for waiter in waiting { waiter.resume() }
    waiting = []
  }

  func response(to request: Request) async -> Response {
    if let reload {
      // Of what is written to, the next request may find more.
      if opened == nil { opened = Task.detached { TraceWeb(try reload(), reload: reload) } }
    } else if opened == nil {
      await withCheckedContinuation { waiting.append($0) }
    }
    do {
      guard let web = try await opened?.value else { return .text("", status: 503) }
      return await web.response(to: request)
    } catch {
      if reload == nil { return .text("\(error)\n", status: 400) }
      opened = nil
      var page = ViewPage()
      page.title = "Nothing has been recorded so far"
      page.isLive = true
      page.notices = ["\(error)"]
      return .html(page.html, policy: ViewPage.policy)
    }
  }
}
