import ChildProcesses
import Foundation

/// A workload program of the tests, built in release beside this command.
struct BuiltProgram {
  let path: String

  init(_ product: String) throws {
    _ = try ChildProcess.output(of: [
      "swift", "build", "--package-path", Workspace.root, "-c", "release", "--product", product,
    ])
    path = Workspace.path(".build/release/\(product)")
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw LabError.cannotMeasure("\(product) cannot be built")
    }
  }

  /// The numbers on the first line that a command prints.
  static func numbers(of command: [String], count: Int) throws -> (first: [Double], second: [Double]) {
    let lines = try ChildProcess.output(of: command).split(separator: "\n")
    let numbers = lines.prefix(2).map { $0.split(separator: " ").compactMap { Double($0) } }
    guard let first = numbers.first, first.count == count else {
      throw LabError.cannotMeasure("\(command[0]) printed no figures")
    }
    return (first, numbers.count > 1 ? numbers[1] : [])
  }
}
