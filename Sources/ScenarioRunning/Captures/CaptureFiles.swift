import Analysis
import Foundation

/// The two files of a capture: what was recorded, and how it came to be.
public struct CaptureFiles: Sendable, Hashable {
  /// Where what was recorded is.
  public var contents: String
  /// Where its provenance is.
  public var provenance: String

  /// Where the named capture lies below a folder of captures.
  public init(_ name: CaptureName, in folder: String) {
    contents = "\(folder)/\(name)\(Self.suffix(name.profileKind))"
    provenance = "\(folder)/\(name).json"
  }

  /// A file the user named, with its provenance beside it as `.json`; for a round of a series, `-N` before the suffix.
  public init(named file: String, round: Int? = nil) {
    let suffix = [".pb.gz", ".pb", ".gz", ".report.json", ".json", ".txt"].first { file.hasSuffix($0) } ?? ""
    let stem = file.dropLast(suffix.count) + (round.map { "-\($0)" } ?? "")
    contents = "\(stem)\(suffix)"
    provenance = "\(stem)\(suffix.hasSuffix(".json") ? ".provenance" : "").json"
  }

  /// Whether both are there.
  public var exist: Bool {
    FileManager.default.fileExists(atPath: contents) && FileManager.default.fileExists(atPath: provenance)
  }

  private static func suffix(_ kind: String) -> String { kind == "leaks" ? ".report.json" : ".pb.gz" }
}
