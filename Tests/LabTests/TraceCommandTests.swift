import Foundation
import TestSupport
import Testing

/// `lab trace` on files; what it says of traces `AnalysisTests` know.
@Suite struct TraceCommandTests {
  private func refused(_ arguments: String..., status: Int32, _ words: String) throws {
    let result = try LabCommand.start(["trace"] + arguments).finish()
    #expect(result.status == status && result.errors.contains(words), "\(result.errors)")
    #expect(result.output.isEmpty)
  }

  @Test("What is no trace, and what is asked for wrongly, is told with the way out")
  func errors() throws {
    let folder = try TemporaryFolder()
    try Data("no trace at all".utf8).write(to: URL(fileURLWithPath: folder.file("a.trace")))
    try refused(folder.file("a.trace"), status: 1, "a.trace: this is no trace: it does not begin with `LabTrace`")
    try refused(folder.file("b.trace"), status: 1, "b.trace: No such file or directory")
    try refused(folder.path, status: 1, "Is a directory")
    try refused(
      folder.file("a.trace"), "--start", "soon", status: 2, "--start soon is no time; write 62ms, 1.5s or 20us")
    try refused(folder.file("a.trace"), "--json", "--summary", status: 2, "two forms of the same")
  }
}
