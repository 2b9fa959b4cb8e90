import Analysis
import Figures
import Foundation

/// The figure of the README: a file of its own, drawn from a published capture like every other figure.
enum ReadmeFigure {
  static let path = Workspace.path("Content/captures/readme.svg")

  static func draw() throws -> String {
    let name = CaptureName(scenario: "kafka-decode", variant: "faulty", kind: "cpu")
    let capture = try CaptureLibrary(usesLocal: false).capture(name).capture
    let options = try FigureOptions([
      (name: "standalone", value: "true"), (name: "show_from", value: "FetchResponse.decode"),
      (name: "width", value: "1000"), (name: "title", value: "Decoding a Kafka fetch response"),
      (name: "callout", value: "HeaderDictionary.init"),
      (name: "says", value: "makes a dictionary of headers for each record; one record in fifty has it read."),
    ])
    return try FigureKind.flame.draw(FigureInput(profile: capture.profile, options: options)).body + "\n"
  }
}
