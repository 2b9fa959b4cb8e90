import Platform
import Profiling
import ProfilingHTTP

/// Computes, and serves its profiles: `ServingProgram start` by a line of code, at any free port, and says where;
/// `ServingProgram` only if the environment asks for it. Its child by fork waits until it is gone. After `start` there may
/// be `tasks=20000`, that wait for ever; limits of the server, `patience=` in milliseconds, `dumps=`, and `longest=`, of a
/// capture in seconds; and `labels`: then it does `LabelledWork`, of which all can be asked for.
@main struct Program {
  static func main() throws {
    if CommandLine.arguments.contains("start") {
      let server = try DebugServer.start(port: 0, options: options())
      print("lab: profiles are served at \(server.url)")
      fflush(nil)
    }
    if fork() == 0 {
      while getppid() != 1 { usleep(10_000) }
      exit(0)
    }
    for _ in 0..<(number("tasks") ?? 0) { Task { await waitForEver() } }
    print("begun")
    fflush(nil)
    if CommandLine.arguments.contains("labels") { try LabelledWork.run() }
    var number = 0
    while true { number = compute(number) }
  }

  /// How much the word of that name says.
  private static func number(_ name: String) -> Int? {
    CommandLine.arguments.lazy.compactMap { word in
      word.hasPrefix("\(name)=") ? Int(word.dropFirst(name.utf8.count + 1)) : nil
    }.first
  }

  private static func options() -> DebugServer.Options {
    var options = DebugServer.Options()
    if let patience = number("patience") { options.limits.patience = .milliseconds(patience) }
    if let dumps = number("dumps") { options.limits.dumps = dumps }
    if let longest = number("longest") { options.handler.longestCapture = .seconds(longest) }
    if CommandLine.arguments.contains("labels") {
      options.rates.heap = ByteCount(4096)
      options.rates.block = .nanoseconds(1)
      options.rates.mutex = 1
    }
    return options
  }

  @inline(never) static func waitForEver() async {
    await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
  }

  @inline(never) static func compute(_ first: Int) -> Int {
    var sum = first
    for number in 0..<2_000_000 { sum = (sum &* 31 &+ number) ^ (sum >> 7) }
    return sum
  }
}
