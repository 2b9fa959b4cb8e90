import Foundation
import ScenarioRunning
import Scenarios
import SiteGenerator
import Testing

@testable import lab

/// A region that a reader has edited, and what the compiler says of it.
struct EditedRegionTests {
  private let source = SourceReference(file: "Sources/Scenarios/MergeSort.swift", region: "task-for-every-half")

  @Test("A region that is not changed makes the file that there is; one that is stands in its place")
  func composed() throws {
    let file = try SourceRegions.file(source.file)
    let shown = try SourceRegions.region(source)
    #expect(try EditedRegion(source, text: shown.text).text == file)
    let edit = try EditedRegion(source, text: "one\r\n\r\n  two")
    #expect(
      edit.text.contains("\n// lesson: begin task-for-every-half\none\n\n  two\n// lesson: end task-for-every-half\n"))
    #expect(edit.place(line: shown.firstLine + 2, column: 4)! == (3, 4))
    #expect(
      edit.place(line: shown.firstLine - 1, column: 1) == nil && edit.place(line: shown.firstLine + 3, column: 1) == nil
    )
    #expect(throws: LabError.self) { try EditedRegion(SourceReference(file: source.file, region: "none"), text: "") }
    #expect(throws: LabError.self) { try EditedRegion(SourceReference(file: "../x", region: "none"), text: "") }
  }

  @Test("Every region of the lessons comes back as it was, but for the marks of others in it")
  func everyRegion() throws {
    var count = 0
    for file in Set(Scenario.all.flatMap(\.sources)) {
      let name = Workspace.relative(file)
      let text = try SourceRegions.file(name)
      for match in text.matches(of: /\/\/ lesson: begin (\S+)/) {
        let source = SourceReference(file: name, region: String(match.1))
        let edited = try EditedRegion(source, text: SourceRegions.region(source).text).text
        func plain(_ text: String) -> [Substring] {
          text.split(separator: "\n").filter { !$0.contains("// lesson: ") && !$0.allSatisfy(\.isWhitespace) }
        }
        #expect(plain(edited) == plain(text), "\(source)")
        count += 1
      }
    }
    #expect(count > 40)
  }

  @Test("A scenario's first file has a type of its name, by which an edited program finds it")
  func types() throws {
    for scenario in Scenario.all {
      let file = scenario.base.sources[0]
      let text = try SourceRegions.file(Workspace.relative(file))
      let type = EditedProgram.name(of: file).dropLast(".swift".count)
      #expect(text.contains("enum \(type) {\n  static let scenario = "), "\(scenario.id)")
      #expect(text.contains("id: \"\(scenario.base.id)\""), "\(scenario.id)")
    }
  }

  @Test("The compiler's words, once each, without the code that it quotes")
  func diagnostics() {
    let text = """
      /a b/MergeSort.swift:82:17: error: cannot find 'x' in scope
        return x
               ^
      /a b/MergeSort.swift:82:17: error: cannot find 'x' in scope
      MergeSort.swift:9:1: warning: result of call to 'f' is unused [#no-usage]
      <unknown>:0: error: missing required module 'Y'
      Wire.swift:1:2: note: 'x' declared here: 3:4: error: no
      """
    let found = CompilerDiagnostic.all(in: text)
    #expect(
      found == [
        CompilerDiagnostic(
          file: "MergeSort.swift", line: 82, column: 17, severity: .error, message: "cannot find 'x' in scope"),
        CompilerDiagnostic(
          file: "MergeSort.swift", line: 9, column: 1, severity: .warning, message: "result of call to 'f' is unused"),
        CompilerDiagnostic(
          file: "Wire.swift", line: 1, column: 2, severity: .note, message: "'x' declared here: 3:4: error: no"),
      ])
  }
}
