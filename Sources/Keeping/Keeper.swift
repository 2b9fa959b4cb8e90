import CKeeping
import Foundation
import ChildProcesses
import Platform

/// The process that keeps a program within a `Confinement`: the parent of all that descends from it.
///
/// Between it and the program stands for a moment the same executable once more, which takes the bounds upon itself and
/// becomes the program: so the keeper has none of them, and where the kernel can tell them apart the program cannot
/// signal it.
public enum Keeper {
  static let mark = "__keep"
  private static let entry = "__enter"

  /// Does what this process was started for by a `Confinement`, and ends it; comes back at once in any other.
  public static func runIfRequested() {
    let arguments = CommandLine.arguments
    guard arguments.count > 3, [mark, entry].contains(arguments[1]),
      let bounds = try? JSONDecoder().decode(Confinement.self, from: Data(arguments[2].utf8))
    else { return }
    let command = Array(arguments[3...])
    do {
      if arguments[1] == entry { try enter(bounds, command) }
      let program = try KeptProgram(bounds, [ThisProgram.path] + bounds.arguments(entry) + command)
      let report = try JSONEncoder().encode(program.run())
      KeptProgram.pass([10] + report, to: STDOUT_FILENO)
      _exit(0)
    } catch {
      KeptProgram.pass(Array("\(error)\n".utf8), to: STDERR_FILENO)
      _exit(127)
    }
  }

  /// Takes the bounds upon this process, which becomes the program.
  private static func enter(_ bounds: Confinement, _ command: [String]) throws(ChildProcessError) -> Never {
    _ = lab_end_with_parent()
    // A group and a session of its own, which the kernel may weigh as one; and SIGPIPE, which the keeper ignores, as programs expect it.
    setsid()
    signal(SIGPIPE, SIG_DFL)
    let seconds = rlim_t(max(1, bounds.processorSeconds.rounded(.up))) + 1
    var limits = [
      (RLIMIT_CPU, seconds), (RLIMIT_DATA, rlim_t(bounds.data)), (RLIMIT_FSIZE, rlim_t(bounds.file)), (RLIMIT_CORE, 0),
    ]
    #if canImport(Glibc)
      // All of the user's are counted, threads too: not the bound, but an end to what outruns the keeper.
      limits.append((__RLIMIT_NPROC, rlim_t(ProcessTree.threadsOfTheSystem() + 4096)))
    #endif
    for (name, most) in limits {
      #if canImport(Glibc)
        let resource = __rlimit_resource_t(name.rawValue)
      #else
        let resource = name
      #endif
      // One that is lower already cannot be raised, and need not be.
      var limit = rlimit()
      guard getrlimit(resource, &limit) == 0, limit.rlim_max > most else { continue }
      limit = rlimit(rlim_cur: most, rlim_max: most)
      guard setrlimit(resource, &limit) == 0 else { throw .system(operation: "limit a program", code: errno) }
    }
    guard chdir(bounds.folders[0]) == 0 else {
      throw .system(operation: "go to \(bounds.folders[0])", code: errno)
    }
    for variable in ["HOME", "TMPDIR"] { setenv(variable, bounds.folders[0], 1) }
    var paths = (bounds.folders + ["/dev/null"]).map { UnsafePointer(strdup($0)) as UnsafePointer<CChar>? }
    let code = lab_write_only_below(&paths, Int32(paths.count))
    guard [0, ENOSYS, EOPNOTSUPP].contains(code) else { throw .system(operation: "confine a program", code: code) }
    // What this process has open besides is nothing to the program.
    for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? [] {
      if let descriptor = Int32(name), descriptor > STDERR_FILENO { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    }
    var words: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
    execvp(command[0], &words)
    throw errno == ENOENT
      ? .notFound(program: command[0]) : .system(operation: "start \(command[0])", code: errno)
  }
}
