import ArgumentParser

/// The Swift Diagnostics Lab's command.
@main
struct Lab: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lab", abstract: "The Swift Diagnostics Lab.", subcommands: [PprofCommand.self])
}
