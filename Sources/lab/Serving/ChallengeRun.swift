import Foundation
import Platform
import Synchronization

/// Something that a page has this machine do: one at a time, and it can be given up.
protocol ServedRun: AnyObject, Sendable {
  /// Ends it with all that it has started. From any thread.
  func cancel()
}

/// A reader's program for a challenge, judged for the page that they write it in.
final class ChallengeRun: ServedRun {
  let challenge: Challenge
  private let text: String
  /// The process that runs; −1: none may begin any more.
  private let process = Mutex<pid_t>(0)

  init(_ challenge: Challenge, text: String) { (self.challenge, self.text) = (challenge, text) }

  /// What the page is told at the end.
  struct Answer: Encodable, Sendable {
    var verdict: Verdict
    var hasPassed: Bool
    /// Markup of the figure of what the reader began with, and of theirs; nil where there is nothing to draw.
    var before: String?
    var after: String?
    var seconds: Double
  }

  /// Judges it, and keeps the text as the reader's file. Blocks its thread. `onStep` is called on it.
  /// - Throws: a `LabError`; of a run that was cancelled, one that says so.
  func run(onStep: @escaping (String) -> Void) throws -> Answer {
    let began = ContinuousClock.now
    let attempts = Attempts()
    try attempts.save(text, of: challenge)
    do {
      let check = ChallengeCheck(challenge: challenge, attempts: attempts) { step in
        if !self.isCancelled { onStep(step) }
      } onStart: {
        self.take($0)
      }
      let result = try check.run(text)
      if isCancelled { throw LabError.failed("cancelled") }
      let seconds = (ContinuousClock.now - began) / .seconds(1)
      return Answer(
        verdict: result.verdict, hasPassed: result.verdict.hasPassed, before: result.before, after: result.after,
        seconds: (seconds * 10).rounded() / 10)
    } catch { throw isCancelled ? LabError.failed("cancelled") : error }
  }

  private var isCancelled: Bool { process.withLock { $0 < 0 } }

  /// Takes note of a process, which is ended at once if the run was cancelled before it began.
  private func take(_ started: pid_t) {
    let isCancelled = process.withLock { current in
      defer { if current >= 0 { current = started } }
      return current < 0
    }
    if isCancelled { kill(started, SIGTERM) }
  }

  func cancel() {
    process.withLock { current in
      // Its keeper, which kills all that it keeps.
      if current > 0 { kill(current, SIGTERM) }
      current = -1
    }
  }
}

/// What the page of a challenge begins with.
struct ChallengeState: Encodable {
  /// What the reader wrote last, on this page or in their file; what everybody gets if nothing.
  var text: String
  /// What everybody gets.
  var published: String
  var hasPassed: Bool

  init(_ challenge: Challenge) throws {
    let attempts = Attempts()
    published = challenge.file("Attempt.swift") ?? ""
    text = attempts.text(of: challenge) ?? published
    hasPassed = attempts.progress[challenge.id]?.passed != nil
  }
}
