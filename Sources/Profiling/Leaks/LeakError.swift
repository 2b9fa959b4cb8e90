import CProfiler

/// Why there is no leak report.
public enum LeakError: Error, Sendable, Hashable {
  /// The profiler is not made for this platform; see `LeakDetector.isSupported`.
  case unsupportedPlatform
  /// Not every allocation is tracked: the detector was not armed, or a heap profiler runs at another rate.
  case notArmed
  /// Another scan is under way.
  case busy
  /// The kernel gave no memory for the scan's tables.
  case noMemory
  /// The thread of this id went on running; nothing was scanned.
  case threadDidNotStop(Int)
  /// Each time the threads stood still, one was just moving a block.
  case unsettled
  /// The program handles SIGPROF itself, so its threads cannot be stopped.
  case signalTaken
  /// `/proc/self/maps` could not be read.
  case noMaps
  /// The heap profiler, which tracks the allocations, could not be started.
  case cannotTrack(HeapProfilerError)

  init?(_ status: lab_leaks_status, culprit: Int32) {
    switch status {
    case LAB_LEAKS_OK: return nil
    case LAB_LEAKS_NOT_ARMED: self = .notArmed
    case LAB_LEAKS_BUSY: self = .busy
    case LAB_LEAKS_NO_MEMORY: self = .noMemory
    case LAB_LEAKS_NOT_STOPPED: self = .threadDidNotStop(Int(culprit))
    case LAB_LEAKS_UNSETTLED: self = .unsettled
    case LAB_LEAKS_FOREIGN_HANDLER: self = .signalTaken
    default: self = .noMaps
    }
  }
}

extension LeakError: CustomStringConvertible {
  /// What went wrong and what to do about it, in one line.
  public var description: String {
    switch self {
    case .unsupportedPlatform: CHalf.absence
    case .notArmed: "not every allocation is tracked: arm the leak detector when the program starts"
    case .busy: "another leak scan is under way"
    case .noMemory: "no memory for the tables of the leak scan"
    case .threadDidNotStop(let id):
      "thread \(id) did not stop in time (it blocks SIGPROF and runs), so nothing was scanned"
    case .unsettled: "whenever the threads stood still, one was just reallocating; try again when less goes on"
    case .signalTaken: "the program handles SIGPROF itself, so its threads cannot be stopped for a scan"
    case .noMaps: "/proc/thread-self/maps cannot be read, so the roots are not known"
    case .cannotTrack(let error): "\(error)"
    }
  }
}
