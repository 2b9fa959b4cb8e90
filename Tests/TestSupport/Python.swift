import Foundation

/// Programs in Python that know the right answer.
public enum Python {
  /// Whether Python has the module, or must have it: then the test that needs it runs, and fails for want of it.
  public static func hasModule(_ name: String) -> Bool {
    Oracles.areRequired || (try? run("import \(name)", input: Data())) != nil
  }

  /// Runs a script and returns what it prints; throws with what it says on its standard error if it fails.
  public static func run(_ script: String, input: Data) throws -> Data {
    let folder = try TemporaryFolder()
    try Data(script.utf8).write(to: URL(fileURLWithPath: folder.file("script.py")))
    try input.write(to: URL(fileURLWithPath: folder.file("input")))
    let shell = Tool(path: "/bin/sh")
    let output = try shell.run(
      ["-c", "exec python3 \"$0/script.py\" <\"$0/input\"", folder.path])
    return Data(output.utf8)
  }
}
