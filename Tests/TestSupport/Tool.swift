import Foundation

/// A program of this machine that a test runs, such as a compiler.
public struct Tool: Sendable {
  /// Where the program is.
  public var path: String

  /// Looks a program up in PATH; nil when it is not installed.
  ///
  /// Where it is required there is a tool all the same: the test then runs, and fails for want of the program.
  public init?(_ name: String, isRequired: Bool = Oracles.areRequired) {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    guard let folder = folders.first(where: { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }) else {
      guard isRequired else { return nil }
      path = name
      return
    }
    path = "\(folder)/\(name)"
  }

  /// A program at a known path.
  public init(path: String) { self.path = path }

  /// Why a run gave no output.
  public struct Failure: Error, CustomStringConvertible {
    /// What was run, how it ended, and what it said.
    public var description: String

    /// Makes a failure of that description.
    public init(description: String) { self.description = description }
  }

  /// Runs the program to its end and returns its standard output; throws when it does not exit with 0.
  @discardableResult
  public func run(_ arguments: [String], in folder: String? = nil) throws -> String {
    guard path.contains("/") else {
      throw Failure(description: "\(path) is required (LAB_REQUIRE_ORACLES) and not installed")
    }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
    let output = Pipe()
    // Errors go to a file, since two pipes read one after the other can block the program.
    let errors = FileManager.default.temporaryDirectory.appendingPathComponent("errors-\(UUID().uuidString)")
    guard FileManager.default.createFile(atPath: errors.path, contents: nil) else {
      throw Failure(description: "\(errors.path) cannot be created")
    }
    defer { try? FileManager.default.removeItem(at: errors) }
    let errorFile = try FileHandle(forWritingTo: errors)
    process.standardOutput = output
    process.standardError = errorFile
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try errorFile.close()
    guard process.terminationReason == .exit, process.terminationStatus == 0 else {
      let said = (try? String(contentsOf: errors, encoding: .utf8)) ?? ""
      throw Failure(
        description: "\(path) \(arguments.joined(separator: " ")): ended with \(process.terminationStatus)\n\(said)")
    }
    return String(decoding: data, as: UTF8.self)
  }
}
