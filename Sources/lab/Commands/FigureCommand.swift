import Analysis
import ArgumentParser
import Figures
import Foundation
import Pprof

struct FigureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "figure", abstract: "Draws a figure of a page, or the same of any profile, as an SVG file.",
    discussion: """
      lab figure 'kafka-decode/faulty/cpu?view=flame&callout=HeaderDictionary.init' -o figure.svg
      lab figure 'kafka.pb.gz?view=graph&focus=decode&nodecount=12' -o figure.svg

      The command stands under each figure of the site. After the question mark stand the figure's options: view= is one \
      of \(FigureKind.allCases.map(\.rawValue).joined(separator: ", ")); which others a view takes is said if one is wrong.
      """)

  @Argument(help: ArgumentHelp("What to draw.", valueName: "scenario/variant/kind?options or file?options"))
  var address: String
  @Option(name: [.customShort("o"), .long], help: "Where to write the figure; standard output if not given.")
  var output: String?

  func run() throws {
    let figure = try Self.draw(FigureAddress(address))
    guard let output else { return print(figure.body, terminator: "") }
    do { try Data(figure.body.utf8).write(to: URL(fileURLWithPath: output), options: .atomic) } catch {
      throw LabError.failed("\(output): \(error.localizedDescription)")
    }
  }

  /// Draws what an address asks for, from captures made here before published ones.
  private static func draw(_ address: FigureAddress) throws -> Figure {
    do {
      var options = try address.options()
      options.standsAlone = true
      let input =
        if let name = CaptureName(address.capture) {
          try CaptureLibrary(usesLocal: true).figureInput(name, options)
        } else {
          try DrawnFile(path: address.capture).input(options)
        }
      return try options.view.draw(input)
    } catch let error as FigureError {
      throw error.isUsage ? LabError.usage("\(error)") : LabError.failed("\(error)")
    } catch let error as ProfileError {
      throw LabError.failed("\(address.capture): \(error)")
    }
  }
}

extension FigureError {
  /// Whether the options themselves are wrong, whatever the profile.
  fileprivate var isUsage: Bool {
    switch self {
    case .unknownOption, .otherKindsOption, .invalidOption, .noCallout, .noFunctionNamed, .nothingToCompare: true
    default: false
    }
  }
}
