import Analysis

/// What one run captured: a snapshot after each of several rounds, or one alone.
struct CaptureSeries: CaptureSource {
  /// In the order of the rounds; not empty.
  let all: [Capture]

  /// The last, which stands for all of the run.
  var last: Capture { all[all.count - 1] }

  /// The snapshot of a round; the last if none is said.
  func round(_ number: Int?) throws -> Capture {
    guard let number else { return last }
    guard let found = all.first(where: { $0.name.round == number }) else {
      throw LabError.failed("there is no capture of round \(number)")
    }
    return found
  }

  func named(_ name: CaptureName) throws -> Capture {
    guard let found = all.first(where: { $0.name == name }) else {
      throw LabError.failed("there is no capture \(name)")
    }
    return found
  }

  func both(_ name: CaptureName) throws -> (published: Capture?, local: Capture?) { (nil, try? named(name)) }
}
