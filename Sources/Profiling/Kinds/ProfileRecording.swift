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

  /// What `lab record` says when it was written to a file of this path, on an occasion such as `before it became …`.
  func announcement(path: String, _ occasion: String? = nil) -> String {
    let counted =
      switch type(of: contents).coverage {
      case .samples: "\(samples) samples" + (lost == 0 ? "" : ", \(lost) lost")
      case .all(let what): "\(samples) \(what) looked at"
      }
    return "wrote \(path) (\(counted))" + (occasion.map { " \($0)" } ?? "")
  }
}
