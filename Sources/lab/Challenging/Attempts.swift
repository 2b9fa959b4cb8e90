import Foundation
import Synchronization

/// What a reader has made of challenges, on this machine: their files, and how far they have come.
struct Attempts {
  /// How far somebody has come with one.
  struct Progress: Codable, Equatable {
    /// How many hints were read.
    var hints = 0
    /// How often it was checked.
    var checks = 0
    /// When it was first passed, as ISO 8601 has it.
    var passed: String?
  }

  /// Where it all lies.
  var folder = "\(Workspace.scratch)/challenges"

  func file(of challenge: Challenge) -> String { "\(folder)/\(challenge.id)/Attempt.swift" }

  /// The reader's text; nil before they have begun.
  func text(of challenge: Challenge) -> String? { try? String(contentsOfFile: file(of: challenge), encoding: .utf8) }

  /// Writes the file for who begins; one that is there is left as it is.
  func start(_ challenge: Challenge) throws {
    if text(of: challenge) == nil { try save(try begin(challenge), of: challenge) }
  }

  /// Has the reader begin anew. What they had lies beside it.
  /// - Returns: where that is; nil if there was none.
  func reset(_ challenge: Challenge) throws -> String? {
    let file = file(of: challenge)
    var kept: String?
    if let text = text(of: challenge), text != (try begin(challenge)) {
      let manager = FileManager.default
      let number = (1...).first { !manager.fileExists(atPath: "\(folder)/\(challenge.id)/Attempt-\($0).swift") } ?? 1
      let name = "\(folder)/\(challenge.id)/Attempt-\(number).swift"
      try manager.moveItem(atPath: file, toPath: name)
      kept = name
    }
    try save(try begin(challenge), of: challenge)
    return kept
  }

  func save(_ text: String, of challenge: Challenge) throws {
    let file = file(of: challenge)
    try FileManager.default.createDirectory(
      atPath: URL(fileURLWithPath: file).deletingLastPathComponent().path, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(fileURLWithPath: file), options: .atomic)
  }

  private func begin(_ challenge: Challenge) throws -> String {
    guard let text = challenge.file("Attempt.swift") else {
      throw LabError.failed("\(challenge.id) has no Attempt.swift")
    }
    return text
  }

  // MARK: - Progress

  private var progressFile: String { "\(folder)/progress.json" }
  private static let writing = Mutex(())

  /// How far the reader has come, by the challenge's name.
  var progress: [String: Progress] {
    (try? JSONDecoder().decode([String: Progress].self, from: Data(contentsOf: URL(fileURLWithPath: progressFile))))
      ?? [:]
  }

  /// Changes what is noted of one.
  func note(_ challenge: Challenge, _ change: (inout Progress) -> Void) throws {
    try Self.writing.withLock { _ in
      var all = progress
      change(&all[challenge.id, default: Progress()])
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try encoder.encode(all).write(to: URL(fileURLWithPath: progressFile), options: .atomic)
    }
  }
}
