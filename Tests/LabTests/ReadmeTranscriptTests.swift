import Analysis
import Foundation
import ScenarioRunning
import TestSupport
import Testing

@testable import lab

/// What the README shows below its commands is what they print: of a capture that the block names, or when they are run.
/// `…` stands for lines that are left out.
@Suite struct ReadmeTranscriptTests {
  /// A command, and what is shown below it.
  private struct Shown {
    var command: String
    var output: [String] = []
  }

  /// A block of a console.
  private struct Block {
    /// The capture that its commands are answered from; empty if they are run.
    var capture: String
    var shown: [Shown] = []

    var hasOutput: Bool { shown.contains { !$0.output.isEmpty } }
  }

  private static func blocks() throws -> [Block] {
    let text = try String(contentsOfFile: Workspace.path("README.md"), encoding: .utf8)
    return text.components(separatedBy: "\n```console").dropFirst().map { part in
      let lines = part.components(separatedBy: "\n```")[0].components(separatedBy: "\n")
      var block = Block(capture: lines[0].components(separatedBy: "from=").dropFirst().first ?? "")
      var isDocument = false
      for line in lines.dropFirst() {
        if line.hasPrefix("$ ") {
          block.shown.append(Shown(command: String(line.dropFirst(2))))
          isDocument = line.contains("<<'END'")
        } else if isDocument {
          block.shown[block.shown.count - 1].command += "\n" + line
          isDocument = line != "END"
        } else if !block.shown.isEmpty {
          block.shown[block.shown.count - 1].output.append(line)
        }
      }
      return block
    }
  }

  /// Where what is shown parts from what is printed; nil if all of it is there, in order.
  private static func fault(_ shown: [String], in printed: String) -> String? {
    var rest = printed.components(separatedBy: "\n")[...]
    var mayPass = false
    for line in shown {
      if line == "…" {
        mayPass = true
      } else {
        guard let found = mayPass ? rest.firstIndex(of: line) : rest.startIndex < rest.endIndex ? rest.startIndex : nil,
          rest[found] == line
        else { return "shown: \(line)\nprinted:\n\(printed)" }
        rest = rest[(found + 1)...]
        mayPass = false
      }
    }
    return mayPass || rest.allSatisfy(\.isEmpty) ? nil : "not shown: \(rest.joined(separator: "\n"))"
  }

  @Test("What stands below a command that reads a capture is what it prints of the published one")
  func ofCaptures() throws {
    let blocks = try Self.blocks().filter { !$0.capture.isEmpty }
    #expect(blocks.count >= 3)
    for block in blocks {
      let name = try #require(CaptureName(block.capture))
      for shown in block.shown where !shown.output.isEmpty {
        let printed = try Transcript(library: CaptureLibrary(usesLocal: false), name: name).output(of: shown.command)
        #expect(Self.fault(shown.output, in: printed) == nil)
      }
    }
  }

  @Test(
    "What stands below a command that is run is what it prints",
    .enabled(if: Tool("swiftc") != nil, "needs swiftc"))
  func ofRuns() throws {
    let blocks = try Self.blocks().filter { $0.capture.isEmpty && $0.hasOutput }
    #expect(!blocks.isEmpty)
    for block in blocks {
      let folder = try TemporaryFolder()
      try "#!/bin/sh\nexec '\(LabCommand.path)' \"$@\"\n".write(
        toFile: folder.file("lab"), atomically: true, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.file("lab"))
      for shown in block.shown {
        let script = "cd '\(folder.path)'\n\(shown.command)\n"
        let printed = try #require(Tool("bash")).run(["-c", script], in: folder.path)
        #expect(Self.fault(shown.output, in: printed) == nil, "\(shown.command)")
      }
    }
  }
}
