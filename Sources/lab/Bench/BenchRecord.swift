import Analysis
import Foundation
import ScenarioRunning

/// What `lab bench` measured, group by group, each with the machine and the day: what the lesson on costs is made from.
struct BenchRecord: Codable, Sendable {
  /// The rows of one group.
  struct Group: Codable, Sendable {
    var name: String
    /// ISO 8601.
    var date: String
    /// `release` or `debug`.
    var build: String
    var machine: Provenance.Machine
    var rows: [BenchLine]
  }

  var groups: [Group] = []

  /// How claims, figures and commands name it in the place of a capture: `bench/GROUP`.
  static let prefix = "bench/"
  static let published = "\(Workspace.publishedCaptures)/bench.json"
  static let local = "\(Workspace.scratch)/bench.json"

  /// - Throws: a `LabError` that says how to make it, if there is none or it cannot be read.
  static func read(_ path: String) throws -> BenchRecord {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw LabError.failed("nothing was measured: ./lab bench --keep writes \(Workspace.relative(path))")
    }
    do { return try JSONDecoder().decode(BenchRecord.self, from: data) } catch {
      throw LabError.failed("\(Workspace.relative(path)): no record of lab bench")
    }
  }

  /// Writes it whole or not at all, groups and keys in an order of their own.
  func write(_ path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try encoder.encode(self).write(to: URL(fileURLWithPath: path), options: .atomic)
  }

  /// Puts rows measured here and now in the place of the group's former ones.
  mutating func replace(_ name: String, with rows: [BenchLine]) {
    let build = Self.build
    let group = Group(
      name: name, date: Date().formatted(.iso8601), build: build, machine: .current(toolchain: Toolchain.current),
      rows: rows)
    groups.removeAll { $0.name == name }
    groups.append(group)
    let order = Dictionary(uniqueKeysWithValues: Benchmark.all.enumerated().map { ($1.name, $0) })
    groups.sort { order[$0.name, default: .max] < order[$1.name, default: .max] }
  }

  /// The row of a group whose name without the group's begins so: a name goes on with how often was measured.
  func row(_ name: String, of group: Group) throws -> BenchLine {
    let found = group.rows.filter { $0.name == name || $0.ownName.hasPrefix(name) }
    guard let row = found.first(where: { $0.ownName == name || $0.shortName == name }) ?? found.first else {
      throw LabError.failed("no row '\(name)' in bench/\(group.name); there are: \(group.rows.map(\.shortName))")
    }
    return row
  }

  func group(_ name: String) throws -> Group {
    guard let group = groups.first(where: { $0.name == name }) else {
      throw LabError.failed("no group '\(name)' was measured; there are: \(groups.map(\.name))")
    }
    return group
  }

  private static var build: String {
    #if DEBUG
      "debug"
    #else
      "release"
    #endif
  }
}
