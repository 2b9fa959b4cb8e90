import Foundation
import TestSupport
import Testing

/// Which tasks are reported of a program that knows which of its tasks are lost.
@Suite(.serialized, .heapProfiler) struct LostTasksTests {
  /// How the program is compiled.
  enum Build: String, CaseIterable {
    case debug, release
  }

  private static let folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent()

  /// What the program prints, by lines.
  private func lines(_ path: String, _ arguments: [String] = []) throws -> [Substring] {
    try Tool(path: path).run(arguments).split(separator: "\n")
  }

  /// Of each line `name: reported of planted` that all that are lost are reported and none that is not; how many can not
  /// be told.
  private func check(_ lines: [Substring], unproven: Int) throws {
    var names = 0
    for line in lines {
      guard let match = line.wholeMatch(of: /(?<name>.+): (?<reported>\d+) of (?<planted>\d+|none)/) else { continue }
      names += 1
      let isLost = match.name.hasPrefix("lost ") || match.name == "unnamed"
      #expect(match.reported == (isLost ? match.planted : "0"), "\(line)")
    }
    #expect(names > 0)
    #expect(!lines.contains { $0.hasPrefix("never at rest") || $0.hasPrefix("error") }, "\(lines)")
    #expect(lines.contains("unproven: \(unproven)"))
  }

  @Test(arguments: Build.allCases) func theLostAreReportedAndNoneOfTheLiving(build: Build) throws {
    switch build {
    // A continuation that is a task-local value lies in its task's stack.
    case .debug: try check(lines(Self.folder.appendingPathComponent("LostTasks").path), unproven: 1)
    case .release:
      let folder = try TemporaryFolder()
      try check(lines(Self.compiled(in: folder)), unproven: 1)
    }
  }

  @Test func aThousandAmongTenThousand() throws {
    try check(lines(Self.folder.appendingPathComponent("LostTasks").path, ["many", "1000"]), unproven: 0)
  }

  /// What libdispatch's threads have left on their stacks while they wait for work keeps neither tasks nor objects; and the
  /// program says that it lies there.
  @Test(arguments: Build.allCases) func wordsOnStacksOfIdleThreadsKeepNothing(build: Build) throws {
    let folder = try TemporaryFolder()
    let program = try build == .debug ? Self.folder.appendingPathComponent("LostTasks").path : Self.compiled(in: folder)
    let tasks = try lines(program, ["idle"])
    #expect(tasks.contains("on idle stacks: 4"))
    try check(tasks, unproven: 0)
    let boxes = try lines(program, ["idle-boxes"])
    #expect(boxes.contains("on idle stacks: 4") && boxes.contains("lost boxes: 4"), "\(boxes)")
  }

  /// An address of a free chunk, which malloc has in its lists, is that of the last word of the block before.
  @Test func listsOfFreeChunksKeepNoTask() throws {
    let lines = try lines(Self.folder.appendingPathComponent("LostTasks").path, ["chunks"])
    #expect(!lines.contains("before free chunks: 0"))
    try check(lines, unproven: 0)
  }

  @Test func othersMayRecordBesideInAnyOrder() throws {
    for order in 0..<36 {
      let lines = try lines(Self.folder.appendingPathComponent("LostTasks").path, ["order", "\(order)"])
      #expect(lines.count == 6 && lines.allSatisfy { $0.hasSuffix(": 2 of 2") }, "\(order): \(lines)")
    }
  }

  /// The program, optimized, with the profiler as these tests have it.
  private static func compiled(in folder: TemporaryFolder) throws -> String {
    let package = URL(fileURLWithPath: #filePath.components(separatedBy: "/Tests/")[0])
    let sources = package.appendingPathComponent("Tests/Programs/LostTasks")
    let modules =
      ["CZlib", "CProfiler/include", "CLoadedImages/include"].map { "\(package.path)/Sources/\($0)" }
      + ["\(package.path)/Tests/Programs/LeftOverWords/include"]
    let maps = ["CLoadedImages", "LeftOverWords"].map { "\(Self.folder.path)/\($0).build/module.modulemap" }
    let list = Self.folder.appendingPathComponent("LostTasks.product/Objects.LinkFileList")
    let objects = try String(contentsOf: list, encoding: .utf8).split(separator: "\n")
      .map { $0.trimmingCharacters(in: CharacterSet(charactersIn: "'\"")) }.filter { !$0.contains("/LostTasks.build/") }
    let files = try FileManager.default.contentsOfDirectory(atPath: sources.path).filter { $0.hasSuffix(".swift") }
    let program = folder.file("LostTasks")
    var words = ["-swift-version", "6", "-O", "-wmo", "-parse-as-library", "-module-name", "LostTasks", "-o", program]
    words += ["-I", Self.folder.appendingPathComponent("Modules").path]
    words += maps.flatMap { ["-Xcc", "-fmodule-map-file=\($0)"] }
    words += modules.flatMap { ["-I", $0] }
    words += objects + ["-lz"]
    words += files.sorted().map { sources.appendingPathComponent($0).path }
    try #require(Tool("swiftc"), "this test needs swiftc").run(words)
    return program
  }
}
