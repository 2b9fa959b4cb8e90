import Foundation
import ScenarioRunning
import Scenarios
import SiteGenerator
import TestSupport
import Testing

@testable import lab

struct SkeletonTests {
  @Test("A new scenario is a file, a line of the catalogue and a line of the tests, and compiles as it is")
  func scenario() throws {
    let root = try TemporaryFolder()
    let manager = FileManager.default
    for file in ["Sources/Scenarios/Catalogue.swift", "Tests/ScenariosTests/ScenariosTests.swift"] {
      let copy = URL(fileURLWithPath: root.file(file))
      try manager.createDirectory(at: copy.deletingLastPathComponent(), withIntermediateDirectories: true)
      try manager.copyItem(at: URL(fileURLWithPath: Workspace.path(file)), to: copy)
    }
    let skeleton = try ScenarioSkeleton("slow-query2")
    #expect(skeleton.type == "SlowQuery2")
    let written = try skeleton.write(to: root.path)
    #expect(written.first == "Sources/Scenarios/SlowQuery2.swift" && written.count == 3)
    let lines = try written.dropFirst().map { path in
      let old = try String(contentsOfFile: Workspace.path(path), encoding: .utf8)
      let new = try String(contentsOfFile: root.file(path), encoding: .utf8)
      let added = new.split(separator: "\n").difference(from: old.split(separator: "\n"))
      #expect(added.removals.isEmpty)
      return added.insertions.map { if case .insert(_, let line, _) = $0 { String(line) } else { "" } }
    }
    #expect(lines == [["    SlowQuery2.scenario,"], [#"    "slow-query2": ["texts": 1, "words": 40],"#]])
    try #require(Tool("swift")).run(
      ["format", "lint", "--strict", "--recursive", "--configuration", Workspace.path(".swift-format"), root.path],
      in: Workspace.root)
    try #require(Tool("swiftc")).run(
      [
        "-swift-version", "6", "-parse-as-library", "-typecheck", root.file(written[0]), "-I",
        "\(LabCommand.folder)/Modules", "-I", Workspace.path("Sources/CProfiler/include"), "-I",
        Workspace.path("Sources/CLoadedImages/include"), "-I", Workspace.path("Sources/CZlib"), "-Xcc",
        "-fmodule-map-file=\(LabCommand.folder)/CLoadedImages.build/module.modulemap",
      ], in: root.path)
    // A second time nothing is overwritten.
    #expect(throws: LabError.self) { try skeleton.write(to: root.path) }
  }

  @Test(
    "A name that is none, or is taken, is an error in words",
    arguments: ["", "Word", "a--b", "-a", "a/b", "merge-sort"])
  func badNames(name: String) {
    let error = #expect(throws: LabError.self) { try ScenarioSkeleton(name) }
    #expect(error?.exitCode == 2)
  }

  @Test("A new lesson has figures and claims that hold, and is left alone once it is there")
  func lesson() throws {
    let content = try TemporaryFolder()
    let scenario = try #require(Scenario.named("kafka-decode"))
    let published = CaptureLibrary(usesLocal: false)
    let skeleton = try LessonSkeleton("my-lesson", of: scenario, captures: published)
    #expect(try skeleton.write(to: content.path) == "lessons/my-lesson.md")
    let text = try String(contentsOfFile: content.file("lessons/my-lesson.md"), encoding: .utf8)
    #expect(text.contains("# \(scenario.title)\n") && text.contains("value=cpu-ratio&to=fixed&within="))
    var site = LabSite(usesLocal: false)
    site.content = content.path
    #expect(site.check().map(\.description) == [])
    #expect(throws: LabError.self) { try skeleton.write(to: content.path) }
    #expect(throws: LabError.self) { try LessonSkeleton("../x", of: scenario, captures: published) }
  }
}
