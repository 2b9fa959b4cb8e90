import ArgumentParser
import Foundation
import LocalServer
import Platform
import SiteGenerator

struct ServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Shows the site in a browser on this machine, where its figures can be run.",
    discussion: """
      Pages load anew when a file of the content or of the theme changes. A figure's Run makes its capture on this \
      machine, with other values of the scenario's parameters if wanted, and shows it beside the published one. This \
      machine alone is served, to whoever has the printed address.
      """)

  @Option(help: "The port; any free one if not given.") var port = 0
  @Flag(help: "Open it in a browser.") var open = false
  @Option(help: "Another directory of Markdown to show.") var content: String?

  func run() throws {
    guard (0...65_535).contains(port) else { throw LabError.usage("no port has the number \(port)") }
    var site = LabSite(usesLocal: true)
    if let content { site.content = URL(fileURLWithPath: content).standardizedFileURL.path }
    site.output = "\(Workspace.scratch)/served-site"
    try Self.build(site)
    let served = ServedSite(site: site.output)
    let server = try LoopbackServer(on: try LoopbackAddress(":\(port)")) { await served.response(to: $0) }
    print("Serving the site on \(server.url)")
    fflush(nil)
    let browser = open ? OpenedBrowser(showing: server.url) : nil
    let interrupts = Interrupts(exitCode: 0) {
      server.stop()
      browser?.forget()
    }
    let watcher = SiteWatcher(folders: [site.content, Workspace.theme, Workspace.localCaptures])
    var state = watcher.state()
    while true {
      Thread.sleep(forTimeInterval: 0.5)
      let now = watcher.state()
      if now != state {
        state = now
        try? Self.build(site)
        Task { await served.tellOfChange() }
      }
      withExtendedLifetime(interrupts) {}
    }
  }

  /// What is wrong with the content is told, and shown as far as it can be.
  private static func build(_ site: LabSite) throws {
    let report = try site.build()
    for problem in report.problems { complain("\(problem)") }
  }
}
