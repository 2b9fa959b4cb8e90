import Profiling

/// Why a command failed, with the exit code that says which kind of failure it is.
enum LabError: Error, CustomStringConvertible {
  /// Content, a claim, a scenario or a challenge failed.
  case failed(String)
  /// The command was used wrongly.
  case usage(String)
  /// This machine cannot measure it.
  case cannotMeasure(String)

  var description: String {
    switch self {
    case .failed(let text), .usage(let text), .cannotMeasure(let text): text
    }
  }

  /// Throws where there is no profiler to measure with.
  static func checkPlatform() throws {
    guard CPUProfiler.isSupported else { throw LabError.cannotMeasure("\(ProfilingError.unsupportedPlatform)") }
  }

  var exitCode: Int32 {
    switch self {
    case .failed: 1
    case .usage: 2
    case .cannotMeasure: 3
    }
  }
}
