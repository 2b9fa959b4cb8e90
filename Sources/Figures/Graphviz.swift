import Platform

/// Runs Graphviz' program `dot`, which finds the positions of a graph's nodes.
public enum Graphviz {
  /// What `dot` makes of a graph.
  /// - Parameters:
  ///   - graph: the graph in Graphviz' language.
  ///   - format: the form of the result as `dot -T` takes it, e.g. `svg`, `plain`.
  ///   - limit: how long it may take before it is killed.
  /// - Throws: if `dot` is not installed, takes too long, or does not understand the graph.
  public static func layout(
    _ graph: String, format: String, limit: Duration = .seconds(60)
  ) throws(GraphvizError) -> [UInt8] {
    // Files for what goes in and for messages leave one pipe to watch, so that nothing can block on another.
    guard let input = tmpfile(), let messages = tmpfile() else { throw .system(operation: "make a file", code: errno) }
    defer {
      fclose(input)
      fclose(messages)
    }
    let bytes = Array(graph.utf8)
    guard fwrite(bytes, 1, bytes.count, input) == bytes.count, fflush(input) == 0 else {
      throw .system(operation: "write a file", code: errno)
    }
    rewind(input)

    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw .system(operation: "make a pipe", code: errno) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let output = ends[0]
    defer { close(output) }
    let started = start(
      ["dot", "-T\(format)"], input: fileno(input), output: ends[1], messages: fileno(messages))
    close(ends[1])
    guard case .success(let process) = started else {
      if case .failure(let error) = started { throw error }
      return []
    }

    let result = read(output, until: .now + limit)
    if result == nil { kill(process, SIGKILL) }
    var status: Int32 = 0
    while waitpid(process, &status, 0) == -1, errno == EINTR {}
    guard let result else { throw .timeLimit(limit) }
    guard status == 0 else { throw .failed(message: text(of: messages)) }
    return result
  }

  private static func start(
    _ arguments: [String], input: Int32, output: Int32, messages: Int32
  ) -> Result<pid_t, GraphvizError> {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (source, target) in [(input, STDIN_FILENO), (output, STDOUT_FILENO), (messages, STDERR_FILENO)] {
      posix_spawn_file_actions_adddup2(&actions, source, target)
    }
    var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    defer { words.forEach { free($0) } }
    var process: pid_t = 0
    let code = posix_spawnp(&process, arguments[0], &actions, nil, &words, environ)
    switch code {
    case 0: return .success(process)
    case ENOENT: return .failure(.notInstalled)
    default: return .failure(.system(operation: "start dot", code: code))
    }
  }

  /// All that comes out of the pipe, or nil if it is still open at the given time.
  private static func read(_ pipe: Int32, until deadline: ContinuousClock.Instant) -> [UInt8]? {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let left = ContinuousClock.now.duration(to: deadline)
      if left <= .zero { return nil }
      var watched = pollfd(fd: pipe, events: Int16(POLLIN), revents: 0)
      let milliseconds = left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000
      if poll(&watched, 1, Int32(clamping: milliseconds + 1)) <= 0 { continue }
      let count = Platform.read(pipe, &chunk, chunk.count)
      if count == 0 { return bytes }
      if count > 0 { bytes += chunk.prefix(count) } else if errno != EINTR { return bytes }
    }
  }

  private static func text(of file: UnsafeMutablePointer<FILE>) -> String {
    rewind(file)
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = fread(&bytes, 1, bytes.count, file)
    let text = String(decoding: bytes.prefix(count), as: UTF8.self)
    return text.hasSuffix("\n") ? String(text.dropLast()) : text
  }
}

/// Why there is no picture of a graph.
public enum GraphvizError: Error, Sendable, Hashable, CustomStringConvertible {
  /// There is no program `dot`.
  case notInstalled
  /// The program was killed after this time.
  case timeLimit(Duration)
  /// The program did not accept the graph.
  case failed(message: String)
  /// The system refused something.
  case system(operation: String, code: Int32)

  /// What went wrong, and what to do about it.
  public var description: String {
    switch self {
    case .notInstalled: "cannot find the program \"dot\"; install Graphviz (apt-get install graphviz)"
    case .timeLimit(let limit): "dot was stopped after \(limit); the graph is too large, try a smaller -nodecount"
    case .failed(let message): "dot failed: \(message)"
    case .system(let operation, let code): "cannot \(operation): \(String(cString: strerror(code)))"
    }
  }
}
