import Analysis
import Foundation
import Leaks
import Pprof

/// The two files of a capture: what was recorded, and how it came to be.
struct CaptureFiles: Sendable, Hashable {
  var contents: String
  var provenance: String

  /// Where the named capture lies below a folder of captures.
  init(_ name: CaptureName, in folder: String) {
    contents = "\(folder)/\(name)\(Self.suffix(name.profileKind))"
    provenance = "\(folder)/\(name).json"
  }

  /// A file the user named, with its provenance beside it as `.json`; for a round of a series, `-N` before the suffix.
  init(named file: String, round: Int? = nil) {
    let suffix = [".pb.gz", ".pb", ".gz", ".report.json", ".json", ".txt"].first { file.hasSuffix($0) } ?? ""
    let stem = file.dropLast(suffix.count) + (round.map { "-\($0)" } ?? "")
    contents = "\(stem)\(suffix)"
    provenance = "\(stem)\(suffix.hasSuffix(".json") ? ".provenance" : "").json"
  }

  var exist: Bool {
    FileManager.default.fileExists(atPath: contents) && FileManager.default.fileExists(atPath: provenance)
  }

  private static func suffix(_ kind: String) -> String { kind == "leaks" ? ".report.json" : ".pb.gz" }
}

/// Reads and writes captures on disk, whole or not at all.
enum CaptureStore {
  static func digest(of bytes: [UInt8]) -> String {
    var hash = ContentHash()
    hash.add(bytes)
    return hash.text
  }

  static func write(_ contents: [UInt8], _ provenance: Provenance, to files: CaptureFiles) throws {
    let folder = URL(fileURLWithPath: files.contents).deletingLastPathComponent()
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data(contents).write(to: URL(fileURLWithPath: files.contents), options: .atomic)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try (encoder.encode(provenance) + Data("\n".utf8)).write(
      to: URL(fileURLWithPath: files.provenance), options: .atomic)
  }

  /// Reads a capture and makes sure that its two files belong together.
  static func read(_ files: CaptureFiles) throws -> Capture {
    let provenance = try readProvenance(files)
    let bytes: [UInt8]
    do { bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: files.contents))) } catch {
      throw LabError.failed("\(Workspace.relative(files.contents)): cannot be read: \(error.localizedDescription)")
    }
    guard digest(of: bytes) == provenance.digest else {
      throw LabError.failed("\(Workspace.relative(files.contents)): not the capture that its provenance describes")
    }
    if provenance.kind == "leaks" {
      return Capture(leaks: try JSONDecoder().decode(LeakReport.self, from: Data(bytes)), provenance: provenance)
    }
    return Capture(profile: try Profile(decoding: bytes), provenance: provenance)
  }

  /// Only the provenance, for questions of staleness.
  static func readProvenance(_ files: CaptureFiles) throws -> Provenance {
    do {
      return try JSONDecoder().decode(Provenance.self, from: Data(contentsOf: URL(fileURLWithPath: files.provenance)))
    } catch {
      throw LabError.failed("\(Workspace.relative(files.provenance)): not a provenance: \(error)")
    }
  }

  /// Moves a capture's files into place, the contents first.
  static func move(_ source: CaptureFiles, to target: CaptureFiles) throws {
    for (from, to) in [(source.contents, target.contents), (source.provenance, target.provenance)] {
      let folder = URL(fileURLWithPath: to).deletingLastPathComponent()
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let staged = "\(to).\(getpid()).tmp"
      try? FileManager.default.removeItem(atPath: staged)
      try FileManager.default.copyItem(atPath: from, toPath: staged)
      guard rename(staged, to) == 0 else {
        let reason = String(cString: strerror(errno))
        try? FileManager.default.removeItem(atPath: staged)
        throw LabError.failed("\(to): cannot be written: \(reason)")
      }
    }
  }
}
