import Analysis
import Foundation
import Profiling

/// The two files of a capture: what was recorded, and how it came to be.
public struct CaptureFiles: Sendable, Hashable {
  /// Where what was recorded is.
  public var contents: String
  /// Where its provenance is.
  public var provenance: String

  /// Where the named capture, in a view of its kind, lies below a folder of captures.
  public init(_ name: CaptureName, view: String? = nil, in folder: String) {
    let suffix = ProfileKind.named(name.profileKind)?.contents(ofView: view).suffix ?? ""
    contents = "\(folder)/\(name)\(suffix)"
    provenance = "\(folder)/\(name).json"
  }

  /// A file the user named, with its provenance beside it as `.json`; for a round of a series, `-N` before the suffix.
  public init(named file: String, round: Int? = nil) {
    let forms = ProfileKind.all.flatMap { [$0.contents] + $0.views.compactMap(\.contents) }
    let known = forms.map { $0.suffix } + [".pb", ".gz", ".json", ".txt", ".trace"]
    let suffix = known.filter(file.hasSuffix).max { $0.count < $1.count } ?? ""
    let stem = file.dropLast(suffix.count) + (round.map { "-\($0)" } ?? "")
    contents = "\(stem)\(suffix)"
    provenance = "\(stem)\(suffix.hasSuffix(".json") ? ".provenance" : "").json"
  }

  /// Whether both are there.
  public var exist: Bool {
    FileManager.default.fileExists(atPath: contents) && FileManager.default.fileExists(atPath: provenance)
  }
}
