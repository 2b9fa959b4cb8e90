import Analysis
import Foundation
import Pprof

/// The two files of a capture.
struct CaptureFiles: Sendable, Hashable {
  var profile: String
  var provenance: String

  /// `profile.pb.gz` and `provenance.json` in a folder.
  init(folder: String) {
    profile = "\(folder)/profile.pb.gz"
    provenance = "\(folder)/provenance.json"
  }

  /// `NAME.pb.gz` and `NAME.json`, for a file the user named.
  init(profile: String) {
    self.profile = profile
    let stem = [".pb.gz", ".pb", ".gz"].first { profile.hasSuffix($0) }.map { String(profile.dropLast($0.count)) }
    provenance = (stem ?? profile) + ".json"
  }

  /// Where the named capture lies below a folder of captures.
  init(_ name: CaptureName, in folder: String) {
    profile = "\(folder)/\(name).pb.gz"
    provenance = "\(folder)/\(name).json"
  }

  var exist: Bool {
    FileManager.default.fileExists(atPath: profile) && FileManager.default.fileExists(atPath: provenance)
  }
}

/// Reads and writes captures on disk, whole or not at all.
enum CaptureStore {
  static func digest(of bytes: [UInt8]) -> String {
    var hash = ContentHash()
    hash.add(bytes)
    return hash.text
  }

  static func write(_ profile: [UInt8], _ provenance: Provenance, folder: String) throws {
    let files = CaptureFiles(folder: folder)
    try Data(profile).write(to: URL(fileURLWithPath: files.profile), options: .atomic)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try (encoder.encode(provenance) + Data("\n".utf8)).write(
      to: URL(fileURLWithPath: files.provenance), options: .atomic)
  }

  /// Reads a capture and makes sure that its two files belong together.
  static func read(_ files: CaptureFiles) throws -> Capture {
    let provenance = try readProvenance(files)
    let bytes: [UInt8]
    do { bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: files.profile))) } catch {
      throw LabError.failed("\(Workspace.relative(files.profile)): cannot be read: \(error.localizedDescription)")
    }
    guard digest(of: bytes) == provenance.digest else {
      throw LabError.failed("\(Workspace.relative(files.profile)): not the profile that its provenance describes")
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

  /// Moves a capture's files into place, the profile first.
  static func move(_ source: CaptureFiles, to target: CaptureFiles) throws {
    for (from, to) in [(source.profile, target.profile), (source.provenance, target.provenance)] {
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
