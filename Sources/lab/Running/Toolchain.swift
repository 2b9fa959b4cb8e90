import ChildProcesses

/// The compiler that built this package, e.g. `Swift 6.3.1`.
enum Toolchain {
  static let current: String = {
    guard let output = try? ChildProcess.output(of: ["swift", "--version"]),
      let match = output.firstMatch(of: /Swift version ([0-9.]+)/)
    else { return "Swift \(compiledWith)" }
    return "Swift \(match.1)"
  }()

  private static var compiledWith: String {
    #if compiler(>=6.3)
      "6.3"
    #elseif compiler(>=6.2)
      "6.2"
    #else
      "6.1"
    #endif
  }
}
