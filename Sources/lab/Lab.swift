import ArgumentParser
import Keeping
import Platform
import ScenarioRunning
import Scenarios

/// The Swift Diagnostics Lab's command.
@main
struct Lab: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lab",
    abstract: "Profiles Swift programs on Linux, and teaches how to read what it finds.",
    discussion: "Exit codes: 0 fine, 1 content or a claim failed, 2 usage, 3 this machine cannot measure it.",
    subcommands: [
      ListCommand.self, RunCommand.self, RecordCommand.self, CaptureCommand.self,
      BuildCommand.self, CheckCommand.self, PublishCommand.self, ReproduceCommand.self, ServeCommand.self,
      NewCommand.self, ChallengeCommand.self,
      PprofCommand.self, TraceCommand.self, FigureCommand.self, CleanCommand.self, BenchCommand.self,
    ])

  static func main() async {
    Keeper.runIfRequested()
    // Only then: to await is to leave the main thread for one that blocks nearly all signals, and what `lab record` starts
    // would inherit that.
    if ScenarioProcess.isRequested { await ScenarioProcess.runIfRequested(among: Scenario.all) }
    do {
      var command = try parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch let error as LabError {
      complain(error.description)
      Platform.exit(error.exitCode)
    } catch let error as CaptureError {
      complain(error.description)
      Platform.exit(1)
    } catch {
      let code = exitCode(for: error)
      if code == .validationFailure {
        complain(fullMessage(for: error))
        Platform.exit(2)
      }
      exit(withError: error)
    }
  }
}

/// Prints a line for people on standard error.
func complain(_ text: String) { writeToStandardError(text + "\n") }

/// Writes to standard error as it is.
func writeToStandardError(_ text: String) {
  var bytes = Array(text.utf8)[...]
  while !bytes.isEmpty {
    let count = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    if count < 0, errno == EINTR { continue }
    guard count > 0 else { return }
    bytes = bytes.dropFirst(count)
  }
}
