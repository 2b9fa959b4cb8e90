import Findings
import Pprof

/// What a profiler recorded, with its own counts of what it took and lost.
public struct ProfileRecording: Sendable {
  /// What was recorded.
  public var contents: any ProfileContents
  /// Samples taken.
  public var samples: Int
  /// Samples lost.
  public var lost: Int
  /// Stacks cut at the greatest depth.
  public var truncated: Int
  /// Stacks that reach no root.
  public var unresolved: Int

  /// A recording and its counts.
  public init(
    _ contents: any ProfileContents, samples: Int, lost: Int = 0, truncated: Int = 0, unresolved: Int = 0
  ) {
    self.contents = contents
    self.samples = samples
    self.lost = lost
    self.truncated = truncated
    self.unresolved = unresolved
  }

  /// What was found out about the program's tasks.
  private var findings: [Finding] {
    switch contents {
    case let profile as Profile: Finding.all(in: profile.comments)
    case let dump as TaskDump: dump.findings
    default: []
    }
  }

  /// A line for each of so many findings, the gravest first, and one for the others.
  func findingLines(atMost count: Int) -> [String] {
    let rest = findings.count - count
    let lines = findings.prefix(count).map { "finding: \($0)" }
    return rest > 0 ? lines + ["finding: and \(rest) others, which the profile tells"] : lines
  }

  /// How much it is, e.g. `412 samples, 3 lost`.
  var size: String {
    switch type(of: contents).coverage {
    case .samples: "\(samples) samples" + (lost == 0 ? "" : ", \(lost) lost")
    case .all(let what): "\(samples) \(what) looked at"
    }
  }

  /// What `lab record` says when it was written to a file of this path, on an occasion such as `before it became …`.
  func announcement(path: String, _ occasion: String? = nil) -> String {
    "wrote \(path) (\(size))" + (occasion.map { " \($0)" } ?? "")
  }
}
