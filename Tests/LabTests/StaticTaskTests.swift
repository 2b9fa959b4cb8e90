import Foundation
import TestSupport
import Testing

/// Tasks of a program that has the Swift library in its own file: the linker may be asked to lead its calls to the
/// profiler, as HACKING.md says.
@Suite(.serialized) struct StaticTaskTests {
  private static let root = #filePath.components(separatedBy: "/Tests/")[0]

  private static func files(in folder: String) -> [String] {
    FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
  }

  /// The program, linked with the profiler's own modules as they were built beside the tests.
  private static func program(flags: [String]) throws -> TestedProgram {
    let sources = root + "/Sources", built = LabCommand.folder
    let modules = [
      "Profiling", "CProfilerHooks", "CProfiler", "CLoadedImages", "Platform", "Pprof", "Symbolization", "Leaks",
      "Findings", "Waiting", "JSON", "ExecutionTrace",
    ]
    // A folder of objects keeps those of sources that have gone since.
    let objects = modules.flatMap { module in
      let present = files(in: "\(sources)/\(module)")
      let names = Set(present.map { ($0 as NSString).lastPathComponent })
      return files(in: "\(built)/\(module).build").filter { object in
        guard object.hasSuffix(".o") else { return false }
        let source = String(object.dropLast(2))
        return source.hasSuffix(".swiftmodule") || present.contains(source)
          || source.hasSuffix(".swift") && names.contains(source)
      }.map { "\(built)/\(module).build/\($0)" }
    }
    let text = try String(contentsOfFile: root + "/Tests/LabTests/Programs/static_tasks.swift", encoding: .utf8)
    return try TestedProgram(
      swift: text,
      flags: [
        "-parse-as-library", "-swift-version", "6", "-static-stdlib", "-I", "\(built)/Modules", "-I",
        "\(sources)/CProfiler/include", "-I", "\(sources)/CLoadedImages/include", "-I", "\(sources)/CZlib", "-Xcc",
        "-fmodule-map-file=\(built)/CLoadedImages.build/module.modulemap", "-lm", "-lz",
      ] + objects + flags)
  }

  /// The functions that HACKING.md says to lead to the profiler.
  private static func wrapped() throws -> [String] {
    let text = try String(contentsOfFile: root + "/HACKING.md", encoding: .utf8)
    let flag = try #require(text.range(of: "`-Xlinker --wrap=`"))
    let sentence = text[flag.upperBound...].prefix { $0 != ";" }
    return sentence.matches(of: /`(swift_\w+)`/).map { String($0.1) }
  }

  @Test("With the documented flags tasks are followed as anywhere")
  func wrappedProgram() throws {
    let functions = try Self.wrapped()
    #expect(functions.count >= 4)
    let run = try Self.program(flags: functions.flatMap { ["-Xlinker", "--wrap=\($0)"] }).run()
    #expect(run.end == 0 && run.errors == "")
    #expect(run.output == "sum 19\nwaiting 7\nmakers 7\nmade 25\nadds-up true\n")
  }

  @Test("Without them they are refused, and the program runs on")
  func plainProgram() throws {
    let run = try Self.program(flags: []).run()
    #expect(run.end == 4)
    #expect(run.output.hasPrefix("refused tasks cannot be seen") && run.output.contains("has it linked statically"))
  }
}
