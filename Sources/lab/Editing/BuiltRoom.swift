import ChildProcesses
import Foundation
import Platform

/// What runs a scenario, built beside this command: the modules that an edited file imports, and one archive to link.
struct BuiltRoom {
  /// Where the compiler put both.
  let folder: String
  var library: String { "\(folder)/libScenarioRunning.a" }

  /// The room that belongs to this command.
  /// - Throws: a `LabError` that says how it is made if it is not there, or that it is older than its sources.
  init() throws {
    let command = ThisProgram.path
    // Tests run in a bundle, which lies where the command does.
    folder = String(command[..<(command.lastIndex(of: "/") ?? command.startIndex)])
    guard FileManager.default.fileExists(atPath: library) else {
      throw LabError.cannotMeasure(
        "\(Workspace.fromHere(library)) is not there; ./lab makes it, and swift build with the tests")
    }
    // A build of SwiftPM's own has no stamp to ask by.
    guard command == Workspace.path(".build/release/lab").resolved else { return }
    let answer = try ChildProcess.output(of: [Workspace.path("lab"), "--stale"])
    guard answer == "fresh\n" else {
      throw LabError.failed("sources have changed since ./lab was built: end ./lab serve, and start it again")
    }
  }

  /// The arguments with which the compiler makes a program of files that import the room.
  var arguments: [String] {
    [
      "-I", "\(folder)/Modules", "-I", Workspace.path("Sources/CProfiler/include"),
      "-I", Workspace.path("Sources/CLoadedImages/include"), "-I", Workspace.path("Sources/CZlib"),
      "-Xcc", "-fmodule-map-file=\(folder)/CLoadedImages.build/module.modulemap",
      // As a whole, or hooks that nobody calls by name would be left out.
      "-Xlinker", "--whole-archive", "-Xlinker", library, "-Xlinker", "--no-whole-archive", "-lm",
    ]
  }
}

extension String {
  /// The path with all links followed; itself if there is nothing.
  fileprivate var resolved: String { URL(fileURLWithPath: self).resolvingSymlinksInPath().path }
}
