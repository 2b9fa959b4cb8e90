import Analysis
import ExecutionTrace
import Figures
import Foundation
import LocalServer
import Platform

extension TraceCommand {
  /// Serves the web view until the process is told to end.
  /// - Throws: if there is no trace, or nothing can be served there.
  func serve(at text: String) throws -> Never {
    let address: LoopbackAddress
    do throws(ServerError) { address = try LoopbackAddress(text) } catch { throw LabError.failed("\(error)") }
    let trace = try TraceFile.read(file)
    let name = URL(fileURLWithPath: file).lastPathComponent
    // It is read while the browser starts.
    let opening = Task.detached {
      TraceWeb(TraceViews(source: try TraceViews.Source(trace), name: name))
    }
    let server: LoopbackServer
    do throws(ServerError) {
      server = try LoopbackServer(on: address) { request in
        do {
          return await (try await opening.value).response(to: request)
        } catch {
          return .text("\(name): \(error)\n", status: 400)
        }
      }
    } catch { throw LabError.failed("\(error)") }
    try PprofOutput.write(Array("Serving the web view on \(server.url)\n".utf8), to: "")
    let browser = noBrowser ? nil : OpenedBrowser(showing: server.url)
    let interrupts = Interrupts(exitCode: 0) {
      server.stop()
      browser?.forget()
    }
    while true {
      pause()
      withExtendedLifetime(interrupts) {}
    }
  }
}
