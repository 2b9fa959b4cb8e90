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
        failures = StaleCaptures(only: only).capture()
      } else {
        complain("lab: \(ProfilingError.unsupportedPlatform); the published captures are shown")
      }
    }

    var build = LabSite(usesLocal: !noRun)
    build.content = content.map(Self.absolute) ?? build.content
    build.output = output.map(Self.absolute) ?? build.output
    build.baseURL = baseURL
    let report = try build.build()
    for problem in report.problems { complain("\(problem)") }
    for failure in failures { complain(failure) }
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

/// The captures that must be made before the site can be.
struct StaleCaptures {
  var only: String?

  /// Makes them and returns what went wrong, in sentences; one failure does not keep the others from being made.
  func capture() -> [String] {
    var failures: [String] = []
    for scenario in Scenario.all where only == nil || scenario.id == only {
      for variant in Scenario.Variant.allCases {
        for kind in scenario.profiles {
          do {
            if try isFresh(scenario, variant, kind) { continue }
            _ = try ScenarioLauncher().capture(scenario, variant, kind: kind) { captured in
              CaptureFiles(
                CaptureName(scenario: scenario.id, variant: variant.rawValue, kind: captured),
                in: Workspace.localCaptures)
            }
          } catch { failures.append("\(error)") }
        }
      }
    }
    return failures
  }

  private func isFresh(_ scenario: Scenario, _ variant: Scenario.Variant, _ kind: ProfileKind) throws -> Bool {
    let parameters = try Arguments(for: scenario).values
    let key = try CaptureKey.current(for: scenario, kind: kind.name, parameters: parameters)
    return scenario.captureKinds(of: kind).allSatisfy { captured in
      let name = CaptureName(scenario: scenario.id, variant: variant.rawValue, kind: captured)
      let files = CaptureFiles(name, in: Workspace.localCaptures)
      return files.exist && (try? CaptureStore.readProvenance(files))?.key == key
    }
  }
}
