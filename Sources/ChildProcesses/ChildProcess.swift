import Platform

/// Another program that this one runs: the only place where a process is started and waited for.
/// What nobody vouches for is run by a `Confinement`.
///
/// ```swift
/// let run = try ChildProcess.run(["dot", "-Tplain"], input: .bytes(graph), limit: .seconds(60))
/// ```
public enum ChildProcess {
  /// What the program finds on its standard input.
  public enum Input: Sendable {
    /// Nothing.
    case nothing
    /// These bytes.
    case bytes([UInt8])
    /// A pipe into which nothing is written. It closes when this process is gone, however it went, so that the program
    /// can end itself. It is in a process group of its own: what the terminal sends is for this process to handle.
    case lifeline
  }

  /// How a program ended.
  public enum Ending: Sendable, Hashable {
    /// By itself, with this exit code.
    case exited(Int32)
    /// By this signal.
    case signalled(Int32)
    /// It was killed, since its time was up.
    case overTime
  }

  /// What came of a run.
  public struct Outcome: Sendable {
    /// How the program ended.
    public var ending: Ending
    /// What it wrote to standard output.
    public var output: [UInt8]
    /// What it wrote to standard error, without white space at its ends.
    public var messages: String
  }

  /// Runs a program to its end.
  /// - Parameters:
  ///   - command: the program, which is looked up in `PATH` unless it is a path, and its arguments; not empty.
  ///   - limit: how long it may take before it is killed.
  ///   - onStart: is told the process's id.
  ///   - onOutput: is given each piece of standard output as it comes.
  /// - Throws: if the program cannot be started.
  public static func run(
    _ command: [String], input: Input = .nothing, limit: Duration? = nil, onStart: (pid_t) -> Void = { _ in },
    onOutput: (ArraySlice<UInt8>) -> Void = { _ in }
  ) throws(ChildProcessError) -> Outcome {
    let deadline = limit.map { ContinuousClock.now + $0 }
    // Files for what goes in and for messages leave one pipe to watch, so that nothing can block on another.
    let messages = try TemporaryFile()
    let output = try Pipe()
    let (source, lifeline) = try open(input)
    let process = try start(
      command, input: source.descriptor, output: output.writing.descriptor, messages: messages.file.descriptor,
      leadsGroup: lifeline != nil)
    output.writing.close()
    onStart(process)

    let bytes = read(output.reading.descriptor, until: deadline, onOutput)
    let ending = bytes == nil ? nil : try wait(for: process, until: deadline)
    if ending == nil {
      kill(process, SIGKILL)
      _ = try wait(for: process, until: nil)
    }
    withExtendedLifetime((source, lifeline)) {}
    return Outcome(ending: ending ?? .overTime, output: bytes ?? [], messages: messages.text)
  }

  /// Standard output of a command, whatever came of it; what it says on standard error is for nobody.
  /// - Throws: if the program cannot be started.
  public static func output(of command: [String]) throws(ChildProcessError) -> String {
    String(decoding: try run(command).output, as: UTF8.self)
  }

  /// The descriptor that the program reads from, and this process's end of it if that is to stay open.
  private static func open(_ input: Input) throws(ChildProcessError) -> (source: Descriptor, lifeline: Descriptor?) {
    switch input {
    case .nothing:
      let file = Platform.open("/dev/null", O_RDONLY | O_CLOEXEC)
      guard file >= 0 else { throw .system(operation: "open /dev/null", code: errno) }
      return (Descriptor(file), nil)
    case .bytes(let bytes): return (try TemporaryFile(bytes).file, nil)
    case .lifeline:
      let pipe = try Pipe()
      return (pipe.reading, pipe.writing)
    }
  }

  /// Starts a program.
  package static func start(
    _ command: [String], input: Int32, output: Int32, messages: Int32, leadsGroup: Bool
  ) throws(ChildProcessError) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (source, target) in [(input, STDIN_FILENO), (output, STDOUT_FILENO), (messages, STDERR_FILENO)] {
      posix_spawn_file_actions_adddup2(&actions, source, target)
    }
    // The threads of libdispatch block nearly all signals: a program started from one must not.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | (leadsGroup ? POSIX_SPAWN_SETPGROUP : 0)))

    var words: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
    defer { words.forEach { free($0) } }
    var process: pid_t = 0
    let code = starting.withLock { _ in
      posix_spawnp(&process, command[0], &actions, &attributes, &words, environ)
    }
    switch code {
    case 0: return process
    case ENOENT: throw .notFound(program: command[0])
    default: throw .system(operation: "start \(command[0])", code: code)
    }
  }

  /// All that comes out of the pipe, or nil if it is still open at the given time.
  private static func read(
    _ pipe: Int32, until deadline: ContinuousClock.Instant?, _ onOutput: (ArraySlice<UInt8>) -> Void
  ) -> [UInt8]? {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      guard let wait = milliseconds(until: deadline) else { return nil }
      var watched = pollfd(fd: pipe, events: Int16(POLLIN), revents: 0)
      if poll(&watched, 1, wait) <= 0 { continue }
      let count = Platform.read(pipe, &chunk, chunk.count)
      if count == 0 { return bytes }
      if count > 0 {
        bytes += chunk.prefix(count)
        onOutput(chunk.prefix(count))
      } else if errno != EINTR {
        return bytes
      }
    }
  }

  /// How the process ended, or nil if it still runs at the given time.
  private static func wait(
    for process: pid_t, until deadline: ContinuousClock.Instant?
  ) throws(ChildProcessError) -> Ending? {
    var status: Int32 = 0
    while true {
      // Its output is closed: it has ended or is about to, so that with a limit it is enough to look now and then.
      let found = waitpid(process, &status, deadline == nil ? 0 : WNOHANG)
      if found == process { break }
      // Where SIGCHLD is ignored, which is inherited, the kernel keeps nobody's ending.
      if found < 0, errno != EINTR { throw .system(operation: "learn how a program ended", code: errno) }
      guard milliseconds(until: deadline) != nil else { return nil }
      if found == 0 { usleep(1_000) }
    }
    return status & 0x7f == 0 ? .exited(status >> 8 & 0xff) : .signalled(status & 0x7f)
  }

  /// What is left until then, for `poll`: −1 without a deadline, nil if it has passed.
  private static func milliseconds(until deadline: ContinuousClock.Instant?) -> Int32? {
    guard let deadline else { return -1 }
    let left = ContinuousClock.now.duration(to: deadline)
    if left <= .zero { return nil }
    return Int32(clamping: left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000 + 1)
  }
}

/// Why a program could not be run.
public enum ChildProcessError: Error, Sendable, Hashable, CustomStringConvertible {
  /// There is no such program.
  case notFound(program: String)
  /// The system refused something.
  case system(operation: String, code: Int32)

  /// What went wrong.
  public var description: String {
    switch self {
    case .notFound(let program): "cannot find the program \"\(program)\""
    case .system(let operation, let code): "cannot \(operation): \(String(cString: strerror(code)))"
    }
  }
}
