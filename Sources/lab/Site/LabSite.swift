import Foundation
import SiteGenerator

/// The site generator, given this package's evidence.
struct LabSite {
  var content = Workspace.content
  var output = Workspace.site
  var baseURL: String?
  /// Where the package's sources stand, as `https://github.com/owner/name`: pages link to theirs, and to where it is edited.
  var repository: String?
  /// Whether pages name pictures for previews.
  var hasPictures = false
  /// Whether captures made on this machine come before the published ones.
  var usesLocal: Bool
  /// Whether a claim that is false on a local capture is an error, as it is on a published one.
  var localClaimsMustHold = false
  /// Whether what `lab bench` measured on this machine comes before what was published; nil: as captures do.
  var usesLocalBench: Bool?

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
      options.licence = ("Apache 2.0", "https://www.apache.org/licenses/LICENSE-2.0")
    } else {
      options = SiteGenerator.options(of: content, title: URL(fileURLWithPath: content).lastPathComponent)
    }
    if let repository {
      let root = repository.hasSuffix("/") ? String(repository.dropLast()) : repository
      let isOurs = content.hasPrefix(Workspace.root + "/")
      let folder = isOurs ? Workspace.relative(content) : URL(fileURLWithPath: content).lastPathComponent
      options.sourceURL = "\(root)/blob/main/\(folder)/"
      options.editURL = "\(root)/edit/main/\(folder)/"
    }
    options.hasPictures = hasPictures
    if let baseURL { options.baseURL = baseURL.hasSuffix("/") ? baseURL : baseURL + "/" }
    return options
  }

  private var generator: SiteGenerator {
    SiteGenerator(
      content: content, theme: Workspace.theme, output: output,
      evidence: LabEvidence(
        library: CaptureLibrary(usesLocal: usesLocal), localClaimsMustHold: localClaimsMustHold,
        publishedStandsIn: !localClaimsMustHold, usesLocalBench: usesLocalBench
      ).evidence,
      options: options)
  }
}
