import Analysis
import Foundation
import Platform
import Keeping
import Profiling
import ScenarioRunning

/// A compiled submission, run under the profiler as scenarios are, each time in a process of its own.
struct ChallengeProgram {
  /// What a run came to.
  enum Run {
    case captured(CaptureSeries)
    /// It did not come to its end, in a sentence.
    case ended(String)
  }

  let challenge: Challenge
  /// Where the program lies.
  let path: String
  /// Which of the two a claim's arguments name it by.
  let variant: Scenario.Variant
  /// What keeps it within bounds: see `Confinement`.
  let keeper: String
  var onStart: @Sendable (pid_t) -> Void = { _ in }

  /// Runs it with the profiler, and files what was captured.
  /// - Parameters:
  ///   - effort: How much of a scenario's usual time is enough; 0 for what is counted and not measured.
  ///   - rate: The kind's; nil: its own.
  ///   - rounds: How many a series has; nil: as the challenge's judgements name.
  func capture(
    _ kind: ProfileKind, parameters: [String: Int], effort: Double, rate: Int? = nil, rounds: Int? = nil,
    in folder: String? = nil
  ) -> Run {
    var launcher = ScenarioLauncher(timeLimit: 60, executable: path)
    // The launcher says where.
    var confinement = Confinement(folders: ["."])
    confinement.seconds = 60
    confinement.keeper = keeper
    launcher.confinement = confinement
    launcher.watcher = ScenarioLauncher.Watcher(onStart: onStart, onProgress: { _ in })
    launcher.effort = effort
    let scenario = challenge.scenario(parameters: parameters, rounds: rounds)
    do {
      return .captured(
        CaptureSeries(
          all: try launcher.series(
            scenario, variant, kind: kind, parameters: parameters, rate: rate,
            to: folder.map { folder in
              {
                CaptureFiles(
                  CaptureName(scenario: challenge.id, variant: variant.rawValue, kind: $0), in: folder)
              }
            })))
    } catch {
      // Said of a capture, where a reader's program is judged.
      let text = "\(error)".replacing("; no capture was made", with: "")
      return .ended(text.hasPrefix("\(challenge.id)/") ? String(text.drop { $0 != ":" }.dropFirst(2)) : text)
    }
  }
}

/// The programs of a challenge that are not the reader's: compiled once, and again when something has changed. Those that
/// nobody has used for a day are removed.
struct ReferencePrograms {
  let challenge: Challenge
  let keeper: String

  /// What is compiled of `Attempt.swift` or `Solution.swift`.
  /// - Throws: a `LabError` if it does not compile, which is the challenge's own fault.
  func program(_ rival: Judgement.Rival) throws -> ChallengeProgram {
    let name = rival == .attempt ? "Attempt.swift" : "Solution.swift"
    guard let text = challenge.file(name) else { throw LabError.failed("\(challenge.id) has no \(name)") }
    let folder = "\(built)/\(try key(of: text))"
    let path = "\(folder)/challenge"
    if !FileManager.default.fileExists(atPath: path) {
      removeUnused()
      try compile(text, name, into: folder)
    }
    try? FileManager.default.setAttributes([.modificationDate: Date()], ofItemAtPath: folder)
    return ChallengeProgram(
      challenge: challenge, path: path, variant: rival == .attempt ? .faulty : .fixed,
      keeper: keeper)
  }

  private var built: String { "\(Workspace.scratch)/challenges/\(challenge.id)/built" }

  private func removeUnused() {
    let manager = FileManager.default
    for name in (try? manager.contentsOfDirectory(atPath: built)) ?? [] {
      let attributes = try? manager.attributesOfItem(atPath: "\(built)/\(name)")
      guard let used = attributes?[.modificationDate] as? Date, used.timeIntervalSinceNow < -86_400 else { continue }
      try? manager.removeItem(atPath: "\(built)/\(name)")
    }
  }

  private func compile(_ text: String, _ name: String, into folder: String) throws {
    let scratch = "\(folder)-\(UUID().uuidString)"
    let manager = FileManager.default
    try manager.createDirectory(atPath: scratch, withIntermediateDirectories: true)
    defer { try? manager.removeItem(atPath: scratch) }
    switch try Submission(challenge: challenge, text: text, folder: scratch, keeper: keeper).build() {
    case .program: break
    case .refused(let fault): throw LabError.failed("\(challenge.id)/\(name) uses \(fault)")
    case .broken(let diagnostics, let said):
      let first = diagnostics.first { $0.severity == .error }.map { "\($0.line):\($0.column): \($0.message)" }
      throw LabError.failed("\(challenge.id)/\(name) does not compile: \(first ?? said)")
    }
    // Another process may have been faster.
    try? manager.moveItem(atPath: scratch, toPath: folder)
  }

  private func key(of text: String) throws -> String {
    var digest = Digest()
    digest.addPiece(text.utf8)
    for name in ["Given.swift", "Harness.swift"] { digest.addPiece((challenge.file(name) ?? "").utf8) }
    digest.addPiece(Toolchain.current.utf8)
    let room = try FileManager.default.attributesOfItem(atPath: BuiltRoom().library)[.modificationDate] as? Date
    digest.addPiece("\(room?.timeIntervalSince1970 ?? 0)".utf8)
    return digest.text
  }
}
