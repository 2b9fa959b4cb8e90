import Foundation

/// The built `lab`, run as a user would.
struct LabCommand {
  struct Result {
    var status: Int32
    var output: String
    var errors: String
  }

  /// Where the running test bundle lies, and all else that is built.
  static let folder: String = {
    let here = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(fileURLWithPath: here).deletingLastPathComponent().path
  }()
  static let path = "\(folder)/lab"

  /// Runs it to its end.
  static func run(_ arguments: String...) throws -> Result { try start(arguments).finish() }

  /// Starts it and comes back at once.
  static func start(_ arguments: [String], environment: [String: String] = [:]) throws -> Running {
    try Running(arguments, environment)
  }

  final class Running {
    let process = Process()
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("lab-run-\(UUID().uuidString)")

    init(_ arguments: [String], _ environment: [String: String]) throws {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      process.executableURL = URL(fileURLWithPath: LabCommand.path)
      process.arguments = arguments
      process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
      process.standardInput = FileHandle.nullDevice
      process.standardOutput = try file("output")
      process.standardError = try file("errors")
      try process.run()
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func finish() throws -> Result {
      process.waitUntilExit()
      return Result(status: process.terminationStatus, output: try text("output"), errors: try text("errors"))
    }

    /// What it has written so far to `output` or `errors`.
    func text(_ name: String) throws -> String {
      try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
    }

    private func file(_ name: String) throws -> FileHandle {
      let url = folder.appendingPathComponent(name)
      try Data().write(to: url)
      return try FileHandle(forWritingTo: url)
    }
  }
}

/// The scenario processes that a `lab` started, found by the folder in their arguments.
enum ScenarioProcesses {
  static func started(by parent: Int32) -> [Int32] {
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return entries.compactMap { Int32($0) }.filter { id in
      guard id != parent, let data = FileManager.default.contents(atPath: "/proc/\(id)/cmdline") else { return false }
      let text = String(decoding: data, as: UTF8.self)
      return text.contains("__scenario") && text.contains("running/\(parent)-")
        || text.contains("running\\/\(parent)-")
    }
  }

  /// Looks until `condition` holds of the processes, ten seconds at most.
  static func wait(for parent: Int32, until condition: ([Int32]) -> Bool) -> [Int32] {
    let deadline = Date(timeIntervalSinceNow: 10)
    var found = started(by: parent)
    while !condition(found), Date() < deadline {
      usleep(20_000)
      found = started(by: parent)
    }
    return found
  }
}
