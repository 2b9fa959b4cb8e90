import Foundation
import Pprof
import TestSupport
import Testing

/// Custom profiles of a program that is run under `lab record`.
@Suite struct CustomProfileTests {
  @Test("All of a program's are in one file, each a type of sample that reports can be asked for")
  func recorded() throws {
    let folder = try TemporaryFolder()
    let file = folder.file("custom.pb.gz")
    let run = try LabCommand.run(
      "record", "--profile", "custom", "-o", file, "--", "\(LabCommand.folder)/CountingProgram", "custom-plain")
    #expect(run.status == 0 && run.errors == "lab: wrote \(file) (6 samples)\n")
    #expect(try Profile(contentsOf: file).sampleTypes.map(\.type) == ["connections", "jobs"])
    for (type, rows) in [("jobs", ["open(_:in:)", "customPlain()"]), ("connections", ["borrow(_:in:)"])] {
      let top = try LabCommand.run("pprof", "-top", "-cum", "-sample_index=\(type)", file).output
      #expect(top.contains("Type: \(type)"))
      for row in rows { #expect(top.contains(row), "\(top)") }
    }
  }

  @Test("A program that has none runs as it would, and one line says so")
  func none() throws {
    let folder = try TemporaryFolder()
    let run = try LabCommand.run(
      "record", "--profile", "custom", "-o", folder.file("custom.pb.gz"), "--", "/bin/sh", "-c", "echo out; exit 4")
    #expect(run.status == 4 && run.output == "out\n")
    #expect(run.errors.hasPrefix("LAB_CUSTOMPROFILE: the program has made no custom profile"))
    #expect(run.errors.filter { $0 == "\n" }.count == 1)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }
}
