import Analysis
import Figures
import Foundation
import Pprof
import ScenarioRunning
import Waiting

extension CaptureLibrary {
  /// What a figure of a capture is drawn from.
  func figureInput(_ name: CaptureName, _ options: FigureOptions) throws -> FigureInput {
    let compared = try options.compare.map { try named(name.compared(to: $0)) }
    return FigureInput(try named(name), compared: compared, captures: self, options: options) { path in
      guard !path.hasPrefix("/"), !path.split(separator: "/").contains("..") else { return nil }
      return try? String(contentsOfFile: Workspace.path(path), encoding: .utf8)
    }
  }
}

/// A profile in a file of the user's, with its provenance if that lies beside it.
struct DrawnFile {
  let path: String

  /// What a figure of it is drawn from; the option `compare` names another file.
  func input(_ options: FigureOptions) throws -> FigureInput {
    let other = options.compare.map { DrawnFile(path: $0) }
    if let capture = try capture() {
      if let other {
        guard let compared = try other.capture() else {
          throw LabError.failed("\(other.path) has no provenance beside it, so nobody knows what a round of it costs")
        }
        return FigureInput(capture, compared: compared, captures: self, options: options, source: Self.source)
      }
      return FigureInput(capture, captures: self, options: options, source: Self.source)
    }
    if path.hasSuffix(".json") {
      return FigureInput(
        waits: try WaitGraph(json: [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))), options: options)
    }
    if TraceFile.isTrace(path) { return FigureInput(trace: try TraceFile.read(path), options: options) }
    return FigureInput(
      profile: try Profile(contentsOf: path), baseline: try other.map { try Profile(contentsOf: $0.path) },
      options: options, source: Self.source)
  }

  /// The file as a capture; nil if no provenance lies beside it.
  private func capture() throws -> Capture? {
    let files = CaptureFiles(named: path)
    return files.exist ? try CaptureStore.read(files) : nil
  }

  /// The text of a source file as the profile names it: from here, or from the package's root.
  @Sendable private static func source(_ path: String) -> String? {
    (try? String(contentsOfFile: path, encoding: .utf8))
      ?? (try? String(contentsOfFile: Workspace.path(path), encoding: .utf8))
  }
}

/// The rounds of a series that `lab run -o FILE` wrote: all but the last have their number in their name.
extension DrawnFile: CaptureSource {
  func named(_ name: CaptureName) throws -> Capture {
    if let own = try capture(), own.name == name { return own }
    return try CaptureStore.read(CaptureFiles(named: path, round: name.round))
  }

  func both(_ name: CaptureName) throws -> (published: Capture?, local: Capture?) { (nil, try capture()) }
}
