import CProfiler

/// What the profilers could not take in as they should, by kind of loss.
///
/// The kinds and their sentences are one table, `lab_losses.def`; they are counted where they happen.
struct Losses: Sendable, Hashable {
  /// By number of the loss. Wraps, so that what was lost before a window may be taken from it.
  private var counts = [UInt64](repeating: 0, count: Int(LAB_LOSSES.rawValue))

  /// None.
  init() {}

  /// All since the engines' last starts.
  static var now: Losses {
    var losses = Losses()
    for number in losses.counts.indices { losses.counts[number] = lab_loss_count(lab_loss(rawValue: UInt32(number))) }
    return losses
  }

  subscript(loss: lab_loss) -> UInt64 {
    get { counts[Int(loss.rawValue)] }
    set { counts[Int(loss.rawValue)] = newValue }
  }

  static func &+= (losses: inout Losses, other: Losses) {
    for number in losses.counts.indices { losses.counts[number] &+= other.counts[number] }
  }

  static func &-= (losses: inout Losses, other: Losses) {
    for number in losses.counts.indices { losses.counts[number] &-= other.counts[number] }
  }

  /// Each kind of loss of an engine that was not zero.
  func all(of engine: String) -> [(sentence: String, count: Int)] {
    counts.enumerated().compactMap { number, count in
      let loss = lab_loss(rawValue: UInt32(number))
      guard count > 0, String(cString: lab_loss_engine(loss)) == engine else { return nil }
      return (String(cString: lab_loss_sentence(loss)), Int(clamping: count))
    }
  }

  /// What a profile's comments say that an engine lost.
  init(comments: [String], of engine: String) {
    for number in counts.indices {
      let loss = lab_loss(rawValue: UInt32(number)), sentence = String(cString: lab_loss_sentence(loss))
      guard String(cString: lab_loss_engine(loss)) == engine else { continue }
      for comment in comments where comment.hasSuffix(" \(sentence)") {
        counts[number] &+= UInt64(comment.dropLast(sentence.utf8.count + 1)) ?? 0
      }
    }
  }

  /// A line for each kind of loss of an engine that was not zero, for a profile's comments.
  func comments(of engine: String) -> [String] {
    all(of: engine).map { "\($0.count) \($0.sentence)" }
  }
}
