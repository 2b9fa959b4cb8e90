import Platform
import ProfilingHTTP

/// Computes, and serves its profiles: `ServingProgram start` by a line of code, at any free port, and says where;
/// `ServingProgram` only if the environment asks for it. Its child by fork waits until it is gone.
@main struct Program {
  static func main() throws {
    if CommandLine.arguments.contains("start") {
      let server = try DebugServer.start(port: 0)
      print("lab: profiles are served at \(server.url)")
      fflush(nil)
    }
    if fork() == 0 {
      while getppid() != 1 { usleep(10_000) }
      exit(0)
    }
    print("begun")
    fflush(nil)
    var number = 0
    while true { number = compute(number) }
  }

  @inline(never) static func compute(_ first: Int) -> Int {
    var sum = first
    for number in 0..<2_000_000 { sum = (sum &* 31 &+ number) ^ (sum >> 7) }
    return sum
  }
}
