import Pprof

/// A kind of profile: its name, what it shows, and how it is recorded.
///
/// A new kind is a file of its own with a static value, and a line in `all`.
public struct ProfileKind: Sendable {
  /// The name on the command line, in figure references and in URLs, e.g. `cpu`.
  public let name: String
  /// What it shows, in a sentence.
  public let summary: String
  /// Begins to record, paused, at `rate`: events a second, or bytes between two samples of the heap; nil means the
  /// kind's default.
  public let prepare: @Sendable (_ rate: Int?) throws -> Void
  /// Lets events be recorded.
  public let resume: @Sendable () -> Void
  /// Keeps events from being recorded, without losing those that were.
  public let pause: @Sendable () -> Void
  /// Ends recording.
  public let finish: @Sendable () throws -> Profile

  /// A kind with its four steps.
  public init(
    name: String, summary: String, prepare: @escaping @Sendable (_ rate: Int?) throws -> Void,
    resume: @escaping @Sendable () -> Void, pause: @escaping @Sendable () -> Void,
    finish: @escaping @Sendable () throws -> Profile
  ) {
    self.name = name
    self.summary = summary
    self.prepare = prepare
    self.resume = resume
    self.pause = pause
    self.finish = finish
  }

  /// Every kind this build can record.
  public static let all: [ProfileKind] = [cpu, heap, allocs]

  /// The kind of the given name, if there is one.
  public static func named(_ name: String) -> ProfileKind? { all.first { $0.name == name } }
}

extension ProfileKind {
  /// Where CPU time went, sampled.
  public static let cpu = ProfileKind(
    name: "cpu", summary: "where CPU time went, sampled 100 times a second of CPU time",
    prepare: { rate in
      try CPUProfiler.start(rate: rate.map { .hertz($0) } ?? .hertz(100))
      CPUProfiler.pause()
    },
    resume: { CPUProfiler.resume() },
    pause: { CPUProfiler.pause() },
    finish: { try CPUProfiler.stop() })
}
