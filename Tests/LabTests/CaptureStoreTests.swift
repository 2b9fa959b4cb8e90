import Analysis
import Foundation
import ScenarioRunning
import SiteGenerator
import TestSupport
import Testing

@testable import lab

@Suite struct CaptureStoreTests {
  private static let published = CaptureFiles(
    CaptureName(scenario: "kafka-decode", variant: "faulty", kind: "cpu"), in: Workspace.publishedCaptures)

  private func copy(into folder: TemporaryFolder) throws -> CaptureFiles {
    let files = CaptureFiles(named: folder.file("profile.pb.gz"))
    try FileManager.default.copyItem(atPath: Self.published.contents, toPath: files.contents)
    try FileManager.default.copyItem(atPath: Self.published.provenance, toPath: files.provenance)
    return files
  }

  @Test func readsWhatWasPublished() throws {
    let capture = try CaptureStore.read(Self.published)
    #expect(capture.provenance.scenario == "kafka-decode")
    #expect(!capture.profile.samples.isEmpty)
    #expect(capture.profile.functions.allSatisfy { !$0.filename.hasPrefix(Workspace.root) })
  }

  @Test("A profile that is not the one its provenance describes is refused")
  func digestMismatch() throws {
    let folder = try TemporaryFolder()
    let files = try copy(into: folder)
    var bytes = try Data(contentsOf: URL(fileURLWithPath: files.contents))
    bytes[bytes.count / 2] ^= 1
    try bytes.write(to: URL(fileURLWithPath: files.contents))
    #expect(throws: CaptureError.mismatch(file: files.contents)) { try CaptureStore.read(files) }
  }

  @Test("Truncated or missing files are clear errors")
  func truncated() throws {
    let folder = try TemporaryFolder()
    let files = try copy(into: folder)
    let text = try Data(contentsOf: URL(fileURLWithPath: files.provenance))
    try text.prefix(text.count / 2).write(to: URL(fileURLWithPath: files.provenance))
    let error = #expect(throws: CaptureError.self) { try CaptureStore.read(files) }
    #expect(error?.description.contains("profile.json") == true)
    try FileManager.default.removeItem(atPath: files.contents)
    #expect(!files.exist)
  }

  @Test func aFileThatTheUserNamesHasItsProvenanceBeside() {
    #expect(CaptureFiles(named: "a/f.pb.gz").provenance == "a/f.json")
    #expect(CaptureFiles(named: "a/f").provenance == "a/f.json")
  }
}

@Suite struct ReadmeFigureTests {
  @Test("The README's figure is the one that the published capture gives")
  func isDrawnFromTheCapture() throws {
    #expect(try String(contentsOfFile: ReadmeFigure.path, encoding: .utf8) == ReadmeFigure.draw())
  }
}

@Suite struct SourceRegionsTests {
  @Test func findsARegionAndItsPlace() throws {
    let region = try SourceRegions.region(
      SourceReference(file: "Sources/Scenarios/UnbufferedIO.swift", region: "unbuffered"))
    #expect(region.text.hasPrefix("@inline(never)\nfunc exportLineByLine"))
    let lines = try String(contentsOfFile: Workspace.path("Sources/Scenarios/UnbufferedIO.swift"), encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[region.firstLine - 1].contains("@inline(never)"))
  }

  @Test(arguments: [("Sources/Nothing.swift", nil), ("../x", nil), ("Sources/Scenarios/UnbufferedIO.swift", "nothing")])
  func refusesWhatIsNotThere(file: String, region: String?) {
    #expect(throws: LabError.self) { try SourceRegions.region(SourceReference(file: file, region: region)) }
  }
}

@Suite struct CaptureKeyTests {
  @Test("A capture is stale when anything changes that the profiler is made of")
  func coversTheProfiler() throws {
    let package = try String(contentsOfFile: Workspace.path("Package.swift"), encoding: .utf8)
    var waiting = ["Profiling", "CProfilerHooks"]
    var needed: Set<String> = []
    while let room = waiting.popLast() {
      guard needed.insert(room).inserted else { continue }
      let declaration = try Regex(
        "name: \"\(room)\",[^)]*?dependencies: \\[([^\\]]*)\\]", as: (Substring, Substring).self)
      let names = package.firstMatch(of: declaration)?.1.matches(of: /"([A-Za-z]+)"/) ?? []
      waiting += names.map { String($0.1) }
    }
    // A module map for a library of the system.
    needed.remove("CZlib")
    #expect(needed.isSubset(of: CaptureKey.rooms) && needed.isSuperset(of: ["Pprof", "Leaks"]), "\(needed)")
    for room in CaptureKey.rooms {
      #expect(FileManager.default.fileExists(atPath: Workspace.path("Sources/\(room)")), "\(room)")
    }
  }
}
