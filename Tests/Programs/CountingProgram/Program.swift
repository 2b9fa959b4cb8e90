import Platform
import Pprof
import Profiling

/// A program that counts what it does, for the tests of the profilers that count: threads made, values in custom profiles.
///
///     CountingProgram SCENARIO
///
/// What the profiles say is printed, one `name value` a line.
@main struct Program {
  static func main() async throws {
    guard let name = CommandLine.arguments.dropFirst().first, let scenario = scenarios[name] else {
      print("scenarios:", scenarios.keys.sorted())
      exit(2)
    }
    try await scenario()
  }

  static let scenarios: [String: @Sendable () async throws -> Void] = [
    "makers": makers, "many": manyThreads, "pools": pools, "refused": refusedThreads, "fork": forkedMakers,
    "sessions": threadSessions, "own": ownThreads, "plain": plain, "last-act": lastAct, "deep": deepMaker,
    "custom": customProfiles, "custom-threads": customOnThreads, "custom-fork": customFork,
    "custom-storm": customForkStorm, "custom-plain": customPlain,
    "custom-wait": customWait,
  ]
}

func say(_ name: String, _ value: some CustomStringConvertible) { print(name, value) }

extension Profile {
  /// The functions of a sample, leaf first.
  func names(of sample: Sample) -> [String] {
    sample.locations.flatMap { locations[$0].lines.map { functions[$0.function].name } }
  }

  /// The sum of a value over the samples that satisfy a condition.
  func sum(_ value: Int = 0, where condition: (Sample) -> Bool = { _ in true }) -> Int {
    samples.reduce(0) { condition($1) ? $0 + Int($1.values[value]) : $0 }
  }

  /// The same over the samples below a function.
  func sum(_ value: Int = 0, under function: String) -> Int {
    sum(value) { names(of: $0).contains(function) }
  }
}

func fork() -> pid_t {
  typealias Fork = @convention(c) () -> pid_t
  guard let symbol = dlsym(nil, "fork") else { return -1 }
  return unsafeBitCast(symbol, to: Fork.self)()
}

/// Runs `body` in the child of a fork, to the child's end; whether that came by itself and the body said yes.
func inChild(_ body: () throws -> Bool) -> Bool {
  let child = fork()
  if child == 0 {
    // Who hangs is ended.
    alarm(30)
    _exit((try? body()) == true ? 7 : 8)
  }
  var status: Int32 = 0
  waitpid(child, &status, 0)
  return status == 7 << 8
}

/// What a thread is to do, as an object that a C function can be given.
private final class Job {
  let body: @Sendable () -> Void
  init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}

/// A thread that does `body`; nil if the system makes none.
@inline(never) func thread(stackBytes: Int = 0, _ body: @escaping @Sendable () -> Void) -> pthread_t? {
  var thread = pthread_t()
  var attributes = pthread_attr_t()
  pthread_attr_init(&attributes)
  if stackBytes > 0 { pthread_attr_setstacksize(&attributes, stackBytes) }
  let job = Unmanaged.passRetained(Job(body))
  let error = pthread_create(
    &thread, &attributes,
    { argument in
      if let argument { Unmanaged<Job>.fromOpaque(argument).takeRetainedValue().body() }
      return nil
    }, job.toOpaque())
  pthread_attr_destroy(&attributes)
  if error != 0 { job.release() }
  return error == 0 ? thread : nil
}

// Three functions of different sums, so that the compiler does not make them one.

/// Makes so many threads, one after the other.
@inline(never) func serve(_ count: Int, _ body: @escaping @Sendable () -> Void = {}) -> Int {
  (0..<count).reduce(1) { sum, _ in sum + (thread(body).map { pthread_join($0, nil) == 0 } == true ? 1 : 0) }
}

/// The same.
@inline(never) func backUp(_ count: Int) -> Int {
  (0..<count).reduce(2) { sum, _ in sum + (thread {}.map { pthread_join($0, nil) == 0 } == true ? 1 : 0) }
}
