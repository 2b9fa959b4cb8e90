import Foundation
import ChildProcesses
import Platform

/// What a program that nobody vouches for is kept within: its time, its memory, how many processes it has, how much it
/// prints, and where it writes.
///
/// It is run by a keeper, a process of this same executable, which is the parent of all that descends from the program,
/// also of what has left its group, its session or its parent. When the program has ended, or is over a bound, or this
/// process is gone, however it went, the keeper kills every one of them.
///
/// The executable's `main` has to call `Keeper.runIfRequested()` before anything else.
///
/// Against what wants to do harm this is no wall: the program is of the same user, reads what they can read, and can
/// use the network. Where the kernel has Landlock it writes only below `folders`; elsewhere it is asked to, by its
/// working directory, `HOME` and `TMPDIR`.
public struct Confinement: Codable, Sendable {
  /// Where it may write; the first is its working directory.
  public var folders: [String]
  /// Seconds by the clock.
  public var seconds: Double = 60
  /// Seconds of the processors, all processes together.
  public var processorSeconds: Double = 120
  /// Bytes of private memory that a process may ask for (RLIMIT_DATA), the stacks of its threads included.
  public var data = 8 << 30
  /// Bytes of memory that all processes together may have resident.
  public var resident = 3 << 30
  /// Processes at once. Counted by the keeper: RLIMIT_NPROC counts all of the user's.
  public var processes = 32
  /// Bytes of a file (RLIMIT_FSIZE).
  public var file = 1 << 30
  /// An executable whose `main` calls `Keeper.runIfRequested()`.
  public var keeper = ThisProgram.path
  /// Bytes that are taken of what it prints, and as many of its messages; the rest is thrown away.
  public var output = 1 << 20

  /// Bounds that suit the compiler as well as a scenario.
  public init(folders: [String]) {
    precondition(!folders.isEmpty)
    self.folders = folders
  }

  /// The bounds that a program can meet.
  public enum Bound: String, Codable, Sendable {
    /// By the clock.
    case time
    /// Of the processors.
    case processorTime
    /// What is resident.
    case memory
    /// At once.
    case processes
  }

  /// How a program ended.
  public enum Ending: Sendable, Hashable, Codable {
    /// By itself, with this exit code.
    case exited(Int32)
    /// By this signal.
    case signalled(Int32)
    /// It was killed with all that it had started, since it was over a bound.
    case over(Bound)
    /// The same, since nobody waits for it any more.
    case cancelled
    /// Nobody knows: the keeper was ended itself, or could not begin. What it said is in the messages.
    case lost
  }

  /// What came of a run.
  public struct Outcome: Sendable {
    /// How the program ended.
    public var ending: Ending
    /// What it wrote to standard output.
    public var output: [UInt8]
    /// What it wrote to standard error, the first 64 KiB of it.
    public var messages: String
    /// How many bytes of both were thrown away.
    public var dropped: Int
  }

  /// What the keeper says last, in a line of its own.
  struct Report: Codable {
    var ending: Ending
    var dropped: Int
  }

  /// Runs a program to its end.
  /// - Parameters:
  ///   - command: the program, which is looked up in `PATH` unless it is a path, and its arguments; not empty.
  ///   - onStart: is told the keeper's process id. SIGTERM ends it with all that it keeps; SIGKILL would not.
  ///   - onOutput: is given each piece of standard output as it comes.
  /// - Throws: if the program cannot be started.
  public func run(
    _ command: [String], onStart: (pid_t) -> Void = { _ in },
    onOutput: (ArraySlice<UInt8>) -> Void = { _ in }
  ) throws(ChildProcessError) -> Outcome {
    // The keeper sees to the time; that it does not end itself is not to be expected.
    let run = try ChildProcess.run(
      [keeper] + arguments(Keeper.mark) + command, input: .lifeline, limit: .seconds(seconds + 30), onStart: onStart,
      onOutput: onOutput)
    let end = run.output.lastIndex(of: 10) ?? run.output.endIndex
    guard run.ending == .exited(0),
      let report = try? JSONDecoder().decode(Report.self, from: Data(run.output[end...].dropFirst()))
    else { return Outcome(ending: .lost, output: run.output, messages: run.messages, dropped: 0) }
    return Outcome(
      ending: report.ending, output: Array(run.output[..<end]), messages: run.messages, dropped: report.dropped)
  }

  /// The arguments that make the executable a keeper, or what comes between the keeper and the program.
  func arguments(_ mark: String) -> [String] {
    let text = (try? JSONEncoder().encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    return [mark, text]
  }
}
