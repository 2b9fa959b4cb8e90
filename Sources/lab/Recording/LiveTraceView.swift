import Foundation
import LocalServer
import Platform
import ScenarioRunning

/// A server that shows what a flight recorder keeps, while the program runs that it is of.
///
/// `lab record` becomes that program, whose children are its own business: so the server is nobody's child. It has a session
/// of its own, which the terminal's signals do not reach, writes to the standard error alone, and ends with the program.
struct LiveTraceView {
  /// The file that is written to.
  let file: String
  /// Where the server listens.
  let address: String

  /// What the recorder keeps if nothing else is asked for: so much is read for each look.
  static let usualWindow = "10s,10MiB"

  /// - Throws: what is wrong with the address or the file's name.
  init(_ pattern: String, at address: String) throws {
    do throws(ServerError) { _ = try LoopbackAddress(address) } catch { throw LabError.usage("--http: \(error)") }
    let file = pattern.replacing("%p", with: String(getpid()))
    if file.contains("%") {
      throw LabError.usage("with --http one file is looked at: its name cannot have %n")
    }
    (self.file, self.address) = (file, address)
  }

  /// Starts it; it ends when this process, or what it becomes, does.
  /// - Throws: if there is no shell.
  func start() throws {
    let script = "setsid \"$0\" \"$@\" </dev/null >/dev/null &"
    let words = [
      "/bin/sh", "-c", script, ThisProgram.path, "trace", file, "--http", address, "--live", "--no-browser",
      "--program", String(getpid()),
    ]
    let variables = ProcessInfo.processInfo.environment.map { "\($0.key)=\($0.value)" }
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    var environment: [UnsafeMutablePointer<CChar>?] = variables.map { strdup($0) } + [nil]
    defer { for text in arguments + environment { free(text) } }
    var shell: pid_t = 0
    let code = posix_spawn(&shell, "/bin/sh", nil, nil, &arguments, &environment)
    guard code == 0 else { throw LabError.failed("/bin/sh: \(String(cString: strerror(code)))") }
    var status: Int32 = 0
    while waitpid(shell, &status, 0) < 0, errno == EINTR {}
  }
}
