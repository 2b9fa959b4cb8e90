import Analysis
import ArgumentParser
import Foundation
import Profiling
import ScenarioRunning
import Scenarios
import SiteGenerator

struct BuildCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "build", abstract: "Runs the scenarios whose captures are stale or missing, and writes the site.")

  @Flag(name: .customLong("no-run"), help: "Run nothing; render from the published captures alone.") var noRun = false
  @Option(help: "Run only this scenario.") var only: String?
  @Option(help: "The address the site will have, for the feed, the sitemap and previews.") var baseURL: String?
  @Option(help: "Where the sources stand, as https://github.com/OWNER/NAME: pages link to theirs, and to edit them.")
  var repository: String?
  @Flag(help: "Draw a picture of each page's first figure for previews on social networks; needs chromium.")
  var pictures = false
  @Option(help: "Another directory of Markdown to render.") var content: String?
  @Option(name: [.customShort("o"), .long], help: "Where to write the site.") var output: String?

  func run() throws {
    if let only, Scenario.named(only) == nil { throw LabError.usage("no scenario '\(only)'") }
    if let content, output == nil {
      throw LabError.usage("--content \(content) needs -o DIR, so that nobody's site is overwritten")
    }
    var failures: [String] = []
    if !noRun, content == nil {
      if CPUProfiler.isSupported {
        var stale = StaleCaptures()
        stale.wants = { scenario, _ in only == nil || scenario.id == only }
        failures = stale.capture()
      } else {
        complain("lab: \(ProfilingError.unsupportedPlatform); the published captures are shown")
      }
    }

    var build = LabSite(usesLocal: !noRun)
    build.content = content.map(Self.absolute) ?? build.content
    build.output = output.map(Self.absolute) ?? build.output
    build.baseURL = baseURL
    build.repository = repository
    build.hasPictures = pictures
    let report = try build.build()
    for problem in report.problems { complain("\(problem)") }
    for failure in failures { complain(failure) }
    if pictures { try SocialPictures(site: build.output).draw() }
    print(
      "\(report.written.count) pages written, \(report.unchanged) unchanged: \(Workspace.relative(build.output))/index.html"
    )
    let errors = report.problems.count { $0.severity == .error }
    if errors > 0 || !failures.isEmpty {
      throw LabError.failed("\(errors) errors in the content, \(failures.count) scenarios failed")
    }
  }

  private static func absolute(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }
}
