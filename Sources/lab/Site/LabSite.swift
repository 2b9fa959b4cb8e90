import Foundation
import SiteGenerator

/// The site generator, given this package's evidence.
struct LabSite {
  var content = Workspace.content
  var output = Workspace.site
  var baseURL: String?
  /// Whether captures made on this machine come before the published ones.
  var usesLocal: Bool
  /// Whether a claim that is false on a local capture is an error, as it is on a published one.
  var localClaimsMustHold = false

  func build() throws -> BuildReport {
    var report = try generator.build()
    report.problems = Self.placed(report.problems)
    return report
  }

  func check() -> [Problem] { Self.placed(generator.check()) }

  /// Problems with their files as paths from where the command runs.
  private static func placed(_ problems: [Problem]) -> [Problem] {
    problems.map { problem in
      var problem = problem
      problem.file = Workspace.fromHere(problem.file)
      return problem
    }
  }

  private var options: SiteGenerator.Options {
    var options = SiteGenerator.Options()
    if content == Workspace.content {
      options.excluded = ["captures"]
    } else {
      options = SiteGenerator.options(of: content, title: URL(fileURLWithPath: content).lastPathComponent)
    }
    if let baseURL { options.baseURL = baseURL.hasSuffix("/") ? baseURL : baseURL + "/" }
    return options
  }

  private var generator: SiteGenerator {
    SiteGenerator(
      content: content, theme: Workspace.theme, output: output,
      evidence: LabEvidence(
        library: CaptureLibrary(usesLocal: usesLocal), localClaimsMustHold: localClaimsMustHold,
        publishedStandsIn: !localClaimsMustHold
      ).evidence,
      options: options)
  }
}
