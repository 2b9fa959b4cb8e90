import CKeeping
import ChildProcesses
import Platform

/// A program being kept: what it prints is passed on, what it uses is looked at, and at the end all of it is killed.
struct KeptProgram {
  private let bounds: Confinement
  private let program: pid_t
  private let output: Pipe
  private let messages: Pipe
  private let deadline: ContinuousClock.Instant
  private static let signals = [SIGTERM, SIGINT, SIGHUP]

  init(_ bounds: Confinement, _ command: [String]) throws(ChildProcessError) {
    self.bounds = bounds
    // Whoever reads may be gone: then writing fails, and all comes to its end.
    signal(SIGPIPE, SIG_IGN)
    var asked = sigset_t()
    sigemptyset(&asked)
    for number in Self.signals { sigaddset(&asked, number) }
    sigprocmask(SIG_BLOCK, &asked, nil)
    let code = lab_adopt_orphans()
    guard code == 0 else { throw .system(operation: "keep a program's children", code: code) }
    (output, messages) = (try Pipe(), try Pipe())
    for pipe in [output, messages] {
      _ = fcntl(pipe.reading.descriptor, F_SETFL, fcntl(pipe.reading.descriptor, F_GETFL) | O_NONBLOCK)
    }
    // Where thousands of processes want to run this one must still come to it: before all others, if it may (root).
    // SCHED_RESET_ON_FORK: what it starts is like any other.
    #if canImport(Glibc)
      var first = sched_param()
      first.sched_priority = 1
      sched_setscheduler(0, SCHED_FIFO | 0x4000_0000, &first)
    #endif
    // The program has this process's standard input, which ends when nobody waits for either of them.
    program = try ChildProcess.start(
      command, input: STDIN_FILENO, output: output.writing.descriptor, messages: messages.writing.descriptor,
      leadsGroup: false)
    output.writing.close()
    messages.writing.close()
    deadline = .now + .seconds(bounds.seconds)
  }

  /// Comes back when the program has ended, and nothing is left of what it started.
  func run() -> Confinement.Report {
    var report = Confinement.Report(ending: .cancelled, dropped: 0)
    var streams = [Stream(output, STDOUT_FILENO, bounds.output), Stream(messages, STDERR_FILENO, bounds.output)]
    var usage = Usage(bounds)
    while true {
      var watched =
        [pollfd(fd: STDIN_FILENO, events: 0, revents: 0)]
        + streams.map { pollfd(fd: $0.source, events: Int16(POLLIN), revents: 0) }
      poll(&watched, nfds_t(watched.count), 10)
      for index in streams.indices { streams[index].pass() }
      if let ending = reap() {
        report.ending = ending
        break
      }
      if watched[0].revents != 0 || isAskedToEnd() { break }
      if ContinuousClock.now > deadline {
        report.ending = .over(.time)
        break
      }
      if let bound = usage.exceeded() {
        report.ending = .over(bound)
        break
      }
    }
    killAll()
    for index in streams.indices { streams[index].pass() }
    report.dropped = streams.reduce(0) { $0 + $1.dropped }
    return report
  }

  /// Takes note of whoever has ended; how the program has, if it is among them.
  private func reap() -> Confinement.Ending? {
    var status: Int32 = 0
    while true {
      let found = waitpid(-1, &status, WNOHANG)
      if found < 0, errno == EINTR { continue }
      guard found > 0 else { return nil }
      if found == program {
        let signal = status & 0x7f
        if signal == 0 { return .exited(status >> 8 & 0xff) }
        return signal == SIGXCPU ? .over(.processorTime) : .signalled(signal)
      }
    }
  }

  private func isAskedToEnd() -> Bool {
    var pending = sigset_t()
    sigpending(&pending)
    return Self.signals.contains { sigismember(&pending, $0) == 1 }
  }

  /// Kills all descendants. They are stopped first, for what is stopped makes no more of them; and whoever loses its
  /// parent becomes a child of this process, so nobody is left when it has none.
  private func killAll() {
    kill(-program, SIGKILL)
    var stopped: Set<pid_t> = []
    while true {
      _ = reap()
      var status: Int32 = 0
      if waitpid(-1, &status, WNOHANG) < 0, errno == ECHILD { return }
      let living = Set(ProcessTree.below(getpid()).filter { !$0.hasEnded }.map(\.id))
      let new = living.subtracting(stopped)
      for process in new { kill(process, SIGSTOP) }
      stopped.formUnion(new)
      guard new.isEmpty else { continue }
      for process in living { kill(process, SIGKILL) }
      usleep(1_000)
    }
  }

  /// Writes all of it, if somebody reads.
  static func pass(_ bytes: [UInt8], to descriptor: Int32) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }
}

/// One of the program's two outputs.
private struct Stream {
  private let pipe: Pipe
  private let target: Int32
  private var left: Int
  /// Bytes that were not passed on.
  private(set) var dropped = 0
  private var isOver = false

  init(_ pipe: Pipe, _ target: Int32, _ most: Int) { (self.pipe, self.target, left) = (pipe, target, most) }

  /// What `poll` is to watch; −1 when there is no more to come.
  var source: Int32 { isOver ? -1 : pipe.reading.descriptor }

  /// Passes on what is there, but no more than fits into the pipe once, so that who prints without end keeps nothing up.
  mutating func pass() {
    guard !isOver else { return }
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    let count = read(pipe.reading.descriptor, &chunk, chunk.count)
    if count == 0 { isOver = true }
    guard count > 0 else { return }
    let passed = min(count, left)
    if passed > 0 { KeptProgram.pass(Array(chunk[..<passed]), to: target) }
    left -= passed
    dropped += count - passed
  }
}

/// What the program and its descendants use, looked at now and then: to look is to read of every process there is, so it
/// is done twice a second, and at once when there are suddenly more threads in the system.
private struct Usage {
  private let bounds: Confinement
  private var next = ContinuousClock.now + .milliseconds(500)
  private var threads = ProcessTree.threadsOfTheSystem()
  private static let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
  private static let page = sysconf(Int32(_SC_PAGESIZE))

  init(_ bounds: Confinement) { self.bounds = bounds }

  /// The bound that they are over.
  mutating func exceeded() -> Confinement.Bound? {
    let threads = ProcessTree.threadsOfTheSystem()
    guard ContinuousClock.now >= next || threads > self.threads + bounds.processes else { return nil }
    (next, self.threads) = (.now + .milliseconds(500), threads)
    let tree = ProcessTree.below(getpid())
    if tree.count > bounds.processes { return .processes }
    if tree.reduce(0, { $0 + $1.residentPages }) * Self.page > bounds.resident { return .memory }
    var ended = rusage()
    #if canImport(Glibc)
      getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &ended)
    #else
      getrusage(RUSAGE_CHILDREN, &ended)
    #endif
    var seconds = Double(tree.reduce(0) { $0 + $1.ticks }) / Self.ticks
    for time in [ended.ru_utime, ended.ru_stime] { seconds += Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    return seconds > bounds.processorSeconds ? .processorTime : nil
  }
}
