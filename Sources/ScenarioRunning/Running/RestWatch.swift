import CProfiler
import Foundation
import Profiling
import Synchronization

/// Waits until the program has come to rest: none of its threads has run for half a second, or would have if it could.
///
/// Without a thread no task can change its state, so that tasks are at rest, too, whatever is recorded of them. What sleeps
/// for longer looks the same; a scenario that says that it comes to rest does not.
final class RestWatch: Sendable {
  private let isOver = Atomic(false)

  /// From now on waits on a thread of the profiler's own; once the program is at rest calls `body` there, and ends the
  /// process. Nobody else could: there may be no thread left on which tasks run.
  ///
  /// - Parameter body: Is given what the program took until then. If it throws, the process ends with 1 and says so.
  func start(_ body: @escaping @Sendable (RoundTime) throws -> Void) throws(ScenarioError) {
    let job = Unmanaged.passRetained(Job { self.end(body) })
    let error = lab_thread_detach_own(
      { argument in
        let argument: UnsafeMutableRawPointer? = argument
        if let argument { Unmanaged<Job>.fromOpaque(argument).takeRetainedValue().run() }
        return nil
      }, job.toOpaque())
    guard error == 0 else {
      job.release()
      throw .cannotWatch("there is no thread to do it (errno \(error))")
    }
  }

  /// The program has come to an end instead.
  func stop() { isOver.store(true, ordering: .releasing) }

  /// Microseconds from one look to the next.
  private static let interval: UInt32 = 10_000
  /// How many looks have to agree. They are counted, not timed: a machine that stood still has not come to rest.
  private static let looks = 50

  private func end(_ body: (RoundTime) throws -> Void) {
    do {
      guard let time = try waitForRest() else { return }
      try body(time)
      exit(0)
    } catch {
      ScenarioProcess.complain("\(error)")
      exit(1)
    }
  }

  /// What the program took until it came to rest; nil if it came to an end.
  private func waitForRest() throws -> RoundTime? {
    let start = RoundTime.now()
    var (last, time, agreed) = ([Int32: ThreadSight](), start, 0)
    while agreed < Self.looks {
      usleep(Self.interval)
      if isOver.load(ordering: .acquiring) { return nil }
      let now = try HeapProfiler.withoutRecording { try ThreadSight.all() }
      let isSame = now == last && !now.values.contains(where: \.isActive)
      (agreed, time) = isSame ? (agreed + 1, time) : (0, RoundTime.now())
      last = now
    }
    return time - start
  }
}

/// What a thread is to do, as an object that a C function can be given.
private final class Job: Sendable {
  let run: @Sendable () -> Void
  init(run: @escaping @Sendable () -> Void) { self.run = run }
}

/// What the kernel says of a thread.
private struct ThreadSight: Equatable {
  /// Whether it runs, waits for a processor, or for a disk.
  var isActive: Bool
  /// How often it has left a processor: who has run since has done so once more.
  var switches: Int

  /// All threads of the program, not the profiler's own, by their ids.
  static func all() throws(ScenarioError) -> [Int32: ThreadSight] {
    let folder = "/proc/self/task"
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
      throw .cannotWatch("\(folder) cannot be read")
    }
    var sights: [Int32: ThreadSight] = [:]
    for name in names {
      guard let thread = Int32(name), !lab_thread_is_own(thread),
        // One that has ended meanwhile is not among them any more.
        let status = FileManager.default.contents(atPath: "\(folder)/\(name)/status")
      else { continue }
      guard let sight = ThreadSight(status: String(decoding: status, as: UTF8.self)) else {
        throw .cannotWatch("\(folder)/\(name)/status does not say how often the thread has run")
      }
      sights[thread] = sight
    }
    return sights
  }

  /// Reads `/proc/self/task/N/status`; nil if it does not say.
  private init?(status: String) {
    var state: Substring?
    var switches: [Int] = []
    for line in status.split(separator: "\n") {
      let words = line.split { $0 == "\t" || $0 == " " }
      guard words.count >= 2 else { continue }
      switch words[0] {
      case "State:": state = words[1]
      case "voluntary_ctxt_switches:", "nonvoluntary_ctxt_switches:": switches += [Int(words[1])].compactMap { $0 }
      default: break
      }
    }
    guard let state, switches.count == 2 else { return nil }
    isActive = state == "R" || state == "D"
    self.switches = switches[0] + switches[1]
  }
}
