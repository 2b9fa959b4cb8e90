import Figures
import LocalServer
import Platform
import Pprof

extension PprofRequest {
  /// Serves the web view until the process is told to end.
  /// - Throws: if there is no profile, or nothing can be served there.
  func serve(notice: (String) -> Void) throws -> Never {
    let address = try LoopbackAddress(http)
    let (profile, base) = try sides(notice: notice)
    let web = PprofWeb(self, profile: profile, base: base)
    let server = try LoopbackServer(on: address) { await web.response(to: $0) }
    try PprofOutput.write(Array("Serving the web view on \(server.url)\n".utf8), to: "")
    let browser = opensNoBrowser ? nil : OpenedBrowser(showing: server.url)
    // To end it is what one does with a server: no failure.
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
