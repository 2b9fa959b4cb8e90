import Analysis
import ExecutionTrace
import Foundation
import Profiling

/// Reads and writes captures on disk, whole or not at all.
public enum CaptureStore {
  /// The digest by which a provenance knows its capture.
  public static func digest(of bytes: [UInt8]) -> String {
    var digest = Digest()
    digest.addPiece(bytes)
    return digest.text
  }

  /// Writes a capture's files, the contents first.
  public static func write(_ contents: [UInt8], _ provenance: Provenance, to files: CaptureFiles) throws {
    let folder = URL(fileURLWithPath: files.contents).deletingLastPathComponent()
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data(contents).write(to: URL(fileURLWithPath: files.contents), options: .atomic)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try (encoder.encode(provenance) + Data("\n".utf8)).write(
      to: URL(fileURLWithPath: files.provenance), options: .atomic)
  }

  /// Reads a capture and makes sure that its two files belong together.
  public static func read(_ files: CaptureFiles) throws -> Capture {
    let provenance = try readProvenance(files)
    let bytes: [UInt8]
    do { bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: files.contents))) } catch {
      throw CaptureError.unreadable(file: files.contents, reason: error.localizedDescription)
    }
    guard digest(of: bytes) == provenance.digest else {
      throw CaptureError.mismatch(file: files.contents)
    }
    guard let kind = ProfileKind.named(provenance.name.profileKind) else {
      throw CaptureError.unreadable(
        file: files.contents, reason: "there is no kind of profile '\(provenance.kind)'")
    }
    return Capture(
      try kind.contents(ofView: provenance.view).init(fileBytes: bytes), provenance: provenance)
  }

  /// Only the provenance, for questions of staleness.
  public static func readProvenance(_ files: CaptureFiles) throws -> Provenance {
    do {
      return try JSONDecoder().decode(Provenance.self, from: Data(contentsOf: URL(fileURLWithPath: files.provenance)))
    } catch {
      throw CaptureError.notAProvenance(file: files.provenance, reason: "\(error)")
    }
  }

  /// Copies a capture to where the published ones are; of a trace only what happened in its first part, if that is told.
  public static func publish(_ source: CaptureFiles, to target: CaptureFiles, firstOfTrace length: Duration?) throws {
    guard let length, let whole = try read(source).contents as? Trace else { return try move(source, to: target) }
    let time = length.components.seconds * 1_000_000_000 + length.components.attoseconds / 1_000_000_000
    let part = try RecordedTrace(fileBytes: whole.bytes(forFile: "whole.trace")).first(time)
    let bytes = try part.bytes(forFile: target.contents)
    var provenance = try readProvenance(source)
    provenance.digest = digest(of: bytes)
    provenance.recording.samples = part.eventCount
    try write(bytes, provenance, to: target)
  }

  /// Moves a capture's files into place, the contents first.
  public static func move(_ source: CaptureFiles, to target: CaptureFiles) throws {
    for (from, to) in [(source.contents, target.contents), (source.provenance, target.provenance)] {
      let folder = URL(fileURLWithPath: to).deletingLastPathComponent()
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let staged = "\(to).\(getpid()).tmp"
      try? FileManager.default.removeItem(atPath: staged)
      try FileManager.default.copyItem(atPath: from, toPath: staged)
      guard rename(staged, to) == 0 else {
        let reason = String(cString: strerror(errno))
        try? FileManager.default.removeItem(atPath: staged)
        throw CaptureError.unwritable(file: to, reason: reason)
      }
    }
  }
}
