import Foundation

/// Python programs that know the right answer.
enum Oracle {
  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  static func hasModule(_ name: String) -> Bool { (try? python("import \(name)", input: Data())) != nil }

  /// Runs a script, returns what it prints.
  static func python(_ script: String, input: Data) throws -> Data {
    let directory = try TemporaryDirectory()
    try script.write(toFile: directory.path + "/script.py", atomically: false, encoding: .utf8)
    try input.write(to: URL(fileURLWithPath: directory.path + "/input"))
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", directory.path + "/script.py"]
    process.standardInput = FileHandle(forReadingAtPath: directory.path + "/input")
    let output = Pipe()
    let errors = Pipe()
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    let said = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failure(description: String(decoding: said, as: UTF8.self)) }
    return data
  }
}
