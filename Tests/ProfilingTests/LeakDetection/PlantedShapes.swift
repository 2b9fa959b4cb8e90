import Foundation
import Leaks
import TestSupport
import Testing

/// The program that plants leaks, as it was built with these tests or as it is built here.
struct PlantedShapes {
  /// How the program is compiled.
  enum Build: String, CaseIterable, CustomTestStringConvertible {
    /// With these tests, not optimized.
    case debug
    /// Optimized; the profiler is linked in as these tests have it.
    case release
    var testDescription: String { rawValue }
  }

  /// What the program says that it planted.
  struct Truth: Decodable {
    struct Shape: Decodable {
      var name: String
      /// How many objects of which type are leaked.
      var types: [String: Int]
      /// What the report must say of the cycle.
      var path: String?
    }
    var count: Int
    var shapes: [Shape]
  }

  /// Whether scans of a busy program that plants each shape once found what scans of a quiet one do: never more, for nothing
  /// else is leaked, and all of it at least once; now and then a little less, for a word on a thread's stack may look like
  /// an address. That happens to a quiet program too, once in 200 runs, so there are two to compare with.
  static func agree(_ counts: Substring, with quiet: Substring) throws -> Bool {
    let alone = try PlantedShapes(.debug).run(count: 1).report.scan.leakedBlocks
    let most = max(alone, Int(quiet) ?? 0)
    let found = counts.split(separator: ", ").compactMap { Int($0) }
    return found.max() == most && found.allSatisfy { 10 * $0 >= 9 * most }
  }

  let path: String
  /// Keeps what was built here.
  private let folder: TemporaryFolder?

  private static let buildFolder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent()
  private static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  private static let sources = package.appendingPathComponent("Tests/Programs/RetainShapes")

  static let compiler = Tool("swiftc")

  init(_ build: Build) throws {
    switch build {
    case .debug:
      self.init(path: Self.buildFolder.appendingPathComponent("RetainShapes").path, folder: nil)
    case .release:
      var words = ["-O", "-wmo"]
      for target in ["Sources/CZlib", "Sources/CProfiler", "Sources/CLoadedImages", "Tests/Programs/LeftOverWords"] {
        let folder = Self.package.appendingPathComponent(target)
        words += ["-I", (target.hasSuffix("CZlib") ? folder : folder.appendingPathComponent("include")).path]
      }
      // Made by the build, as for every C target that has none of its own.
      for target in ["CLoadedImages", "LeftOverWords"] {
        let map = Self.buildFolder.appendingPathComponent("\(target).build/module.modulemap")
        words += ["-Xcc", "-fmodule-map-file=\(map.path)"]
      }
      try self.init(arguments: words + Self.objects { _ in true } + ["-lz"])
    }
  }

  /// The program without the profiler, under LeakSanitizer.
  static func underLeakSanitizer() throws -> PlantedShapes {
    try PlantedShapes(
      arguments: ["-Onone", "-sanitize=address", "-D", "PLANT_ONLY"]
        + Self.objects { $0.contains("/Platform.build/") })
  }

  private init(path: String, folder: TemporaryFolder?) {
    self.path = path
    self.folder = folder
  }

  private init(arguments: [String]) throws {
    let folder = try TemporaryFolder()
    self.init(path: folder.file("RetainShapes"), folder: folder)
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.sources.path).filter { $0.hasSuffix(".swift") }
    try Self.compiler?.run(
      ["-swift-version", "6", "-parse-as-library", "-module-name", "RetainShapes", "-o", path]
        + ["-I", Self.buildFolder.appendingPathComponent("Modules").path] + arguments
        + files.sorted().map { Self.sources.appendingPathComponent($0).path })
  }

  /// Of the object files that the program of the debug build is linked from, but for its own, those that are wanted.
  private static func objects(_ isWanted: (String) -> Bool) throws -> [String] {
    let list = buildFolder.appendingPathComponent("RetainShapes.product/Objects.LinkFileList")
    return try String(contentsOf: list, encoding: .utf8).split(separator: "\n")
      .map { $0.trimmingCharacters(in: CharacterSet(charactersIn: "'\"")) }
      .filter { !$0.contains("/RetainShapes.build/") && isWanted($0) }
  }

  /// Runs it, planting each shape `count` times.
  func run(count: Int) throws -> (truth: Truth, report: LeakReport) {
    let output = try Tool(path: path).run(["\(count)"])
    let lines = output.split(separator: "\n", maxSplits: 1)
    return (
      try JSONDecoder().decode(Truth.self, from: Data(lines[0].utf8)), try LeakReport(json: Array(lines[1].utf8))
    )
  }
}
