import Foundation
import TestSupport
import Testing

/// Where oracles are required, a missing one fails; and all that tests may be skipped for is on the list of `.ci/oracles`.
@Suite struct OraclesTests {
  private static let root = #filePath.components(separatedBy: "/Tests/")[0]

  private func oracles(path: String) throws -> (status: Int32, said: String) {
    let folder = try TemporaryFolder()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = [Self.root + "/.ci/oracles"]
    process.environment = ["PATH": path]
    try Data().write(to: URL(fileURLWithPath: folder.file("errors")))
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: folder.file("errors")))
    try process.run()
    process.waitUntilExit()
    return (process.terminationStatus, try String(contentsOfFile: folder.file("errors"), encoding: .utf8))
  }

  @Test func missingOnesAreNamed() throws {
    let folder = try TemporaryFolder()
    let result = try oracles(path: folder.path)
    #expect(result.status == 1)
    for name in ["go", "protoc", "chromium", "dot", "go tool pprof", "Python's playwright"] {
      #expect(result.said.contains("missing oracle: \(name)\n"), "\(result.said)")
    }
  }

  @Test("The list names every program and module that a test asks for")
  func listIsComplete() throws {
    let folder = try TemporaryFolder()
    let listed = Set(try oracles(path: folder.path).said.split(separator: "\n").map { String($0) })
    var asked: [String: String] = [:]
    for case let path as String in try #require(FileManager.default.enumerator(atPath: Self.root + "/Tests"))
    where path.hasSuffix("Tests.swift") || path.hasSuffix("Program.swift") || path.hasPrefix("TestSupport/") {
      let text = try String(contentsOfFile: "\(Self.root)/Tests/\(path)", encoding: .utf8)
      for name in text.matches(of: #/\bTool\("([^"]+)"\)/#) { asked["missing oracle: \(name.1)"] = path }
      for name in text.matches(of: #/hasModule\("([^"]+)"\)/#) { asked["missing oracle: Python's \(name.1)"] = path }
    }
    #expect(asked.count > 8)
    // A second compiler stands in for the first where there is none.
    for (name, path) in asked where name != "missing oracle: gcc" {
      #expect(listed.contains(name), "\(path) asks for it: \(name)")
    }
  }

  @Test func requiredToolsFailWhenTheyAreUsed() throws {
    let name = "no-such-program"
    #expect(Tool(name, isRequired: false) == nil)
    let tool = try #require(Tool(name, isRequired: true))
    let error = #expect(throws: Tool.Failure.self) { try tool.run([]) }
    #expect(error?.description.contains("no-such-program is required") == true)
  }

  @Test(
    "Here everything is, if it is required to be", .enabled(if: Oracles.areRequired, "LAB_REQUIRE_ORACLES is not set"))
  func everythingIsHere() throws {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    let result = try oracles(path: path)
    #expect(result.status == 0, "\(result.said)")
  }

  @Test("CI requires the oracles before it runs the tests, and lints")
  func ciRequiresThem() throws {
    let lines = try String(contentsOfFile: Self.root + "/.ci/run", encoding: .utf8).split(separator: "\n")
    let order = [".ci/oracles", "export LAB_REQUIRE_ORACLES=1", "swift format lint --strict", "./lab test"]
    let places = order.map { step in lines.firstIndex { $0.hasPrefix(step) } ?? -1 }
    #expect(places == places.sorted() && places.first ?? -1 > 0, "\(places)")
  }
}
