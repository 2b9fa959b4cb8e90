import Foundation
import Testing

/// The rooms of the hooks, from the bottom up: each includes only from itself and those above it in this list.
private let rooms = [
  "base", "hooks", "threads", "runtime", "unwind", "stacks", "world", "habits", "tasks", "cpu", "heap", "leaks",
  "creation", "waits", "trace", "environment",
]
private let engines: Set = ["cpu", "heap", "leaks", "creation", "waits", "trace"]

@Suite struct RoomsTests {
  /// A file of the hooks and what it includes of them, by room.
  struct Source {
    var path: String
    var room: String
    var includes: [String]
  }

  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Sources/CProfilerHooks")

  static func sources() throws -> [Source] {
    let manager = FileManager.default
    let paths = try #require(manager.enumerator(atPath: root.path)).compactMap { $0 as? String }
    return try paths.filter { $0.hasSuffix(".c") || $0.hasSuffix(".h") || $0.hasSuffix(".def") }.sorted()
      .compactMap { path in
        let parts = path.split(separator: "/").map(String.init)
        guard parts[0] != "include" else { return nil }
        let text = try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
        let includes = text.split(separator: "\n").compactMap { line -> String? in
          guard line.hasPrefix("#include \""), line.contains("/") else { return nil }
          return line.dropFirst("#include \"".count).split(separator: "/").first.map(String.init)
        }
        return Source(path: path, room: parts.count > 1 ? parts[0] : "", includes: includes)
      }
  }

  @Test func everyFileLiesInARoom() throws {
    let sources = try Self.sources()
    #expect(sources.count > 50)
    #expect(Set(sources.map(\.room)) == Set(rooms))
  }

  /// HACKING.md draws the same house: a row or a part of one for each room, in this order.
  @Test func theMapTellsOfEveryRoom() throws {
    let file = Self.root.deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("HACKING.md")
    let rows = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").filter { $0.hasPrefix("| `") }
    let told = rows.flatMap { $0.split(separator: "|")[0].matches(of: #/`(\w+)/`/#).map { String($0.1) } }
    #expect(told == rooms)
  }

  @Test func noFileIncludesUpwards() throws {
    for source in try Self.sources() {
      let here = try #require(rooms.firstIndex(of: source.room), "\(source.path)")
      for room in source.includes {
        let there = try #require(rooms.firstIndex(of: room), "\(source.path) includes from \(room)")
        #expect(there <= here, "\(source.path) includes from \(room)")
      }
    }
  }

  @Test func noEngineIncludesFromAnother() throws {
    for source in try Self.sources() where engines.contains(source.room) {
      for room in source.includes where engines.contains(room) {
        #expect(room == source.room, "\(source.path) includes from \(room)")
      }
    }
  }

  /// One dialect of atomics, and no locks or system calls of the C library's, which may be hooked one day.
  @Test func nothingElseIsUsedWhereWeHaveOurOwn() throws {
    let foreign = ["__atomic_", "__sync_", "pthread_mutex_", " syscall(", "(syscall(", "_Thread_local uint"]
    // Where a hook is declared, stands before it, goes on to the real one, or tells of it, its name is said.
    let hooks = ["LAB_HOOK(", "LAB_BODY(", "lab_real.", "//"]
    for source in try Self.sources() {
      let text = try String(contentsOf: Self.root.appendingPathComponent(source.path), encoding: .utf8)
      for line in text.split(separator: "\n") where !hooks.contains(where: line.contains) {
        for word in foreign { #expect(!line.contains(word), "\(source.path): \(word)") }
      }
    }
  }

  /// Where the platform is not known nothing is compiled, so every file has to ask.
  @Test func everyFileAsksForThePlatform() throws {
    for source in try Self.sources() where source.path.hasSuffix(".c") {
      let text = try String(contentsOf: Self.root.appendingPathComponent(source.path), encoding: .utf8)
      #expect(text.contains("#include \"lab_platform.h\"\n#if LAB_HAS_ENGINE\n"), "\(source.path)")
    }
  }
}
