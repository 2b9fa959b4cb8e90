import Foundation
import Leaks
import Symbolization
import TestSupport
import Testing

/// Clang's LeakSanitizer as an oracle: another scanner, with an allocator of its own, on the same planted objects.
@Suite(.heapProfiler) struct LeakSanitizerTests {
  /// Whether a program with a leak is caught on this machine: the sanitizer needs its library and ptrace.
  static let works: Bool = {
    guard let folder = try? TemporaryFolder(), let compiler = PlantedShapes.compiler else { return false }
    let source = folder.file("leak.swift")
    let program = folder.file("leak")
    let text = "import Glibc\nvar p = malloc(7)\np = nil\nexit(0)\n"
    guard (try? Data(text.utf8).write(to: URL(fileURLWithPath: source))) != nil,
      (try? compiler.run(["-sanitize=address", "-o", program, source])) != nil
    else { return false }
    return (try? Tool(path: program).run([])) == nil && Tool("llvm-symbolizer") != nil
  }()

  @Test(
    "LeakSanitizer finds the same number of objects of every planted class",
    .enabled(
      if: Oracles.areRequired || Self.works, "needs LeakSanitizer (libclang-rt, ptrace allowed) and llvm-symbolizer"))
  func agreesOnPlantedObjects() throws {
    let count = 10
    let program = try PlantedShapes.underLeakSanitizer()
    let theirs = Self.objectsByType(try Self.leaks(of: program.path, count))
    let (truth, report) = try PlantedShapes(.debug).run(count: count)
    let nodes = report.cycles.flatMap(\.nodes) + report.lost.map(\.node)
    var compared = 0
    var totals = (theirs: 0, ours: 0)
    // What libdispatch's spent continuations, the unused part of a container or a stray address still refer to counts as
    // reachable there.
    let hidden = #/\btask\b|^once in|^where another|^address |^left in/#
    let missedByThem = Set(truth.shapes.filter { $0.name.contains(hidden) }.flatMap(\.types.keys))
    for type in truth.shapes.flatMap(\.types.keys) {
      // By the initializer on the stack; generic types share one, and some are made without.
      guard let found = theirs[type] else { continue }
      let ours = nodes.filter { $0.name == type }.reduce(0) { $0 + $1.count }
      #expect(found <= ours, "\(type): they find \(found), we \(ours)")
      compared += 1
      if missedByThem.contains(type) { continue }
      totals.theirs += found
      totals.ours += ours
    }
    #expect(compared >= 24)
    // Stale registers and stack slots may hide an object here and there from their scan, which does not clear them.
    #expect(Double(totals.theirs) >= 0.95 * Double(totals.ours), "\(totals)")
  }

  private static func leaks(of program: String, _ count: Int) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = ["\(count)"]
    process.environment = ProcessInfo.processInfo.environment.merging(["ASAN_OPTIONS": "detect_leaks=1"]) { $1 }
    let errors = Pipe()
    process.standardOutput = FileHandle.nullDevice
    process.standardError = errors
    try process.run()
    let data = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
  }

  /// `Direct leak of 400 byte(s) in 10 object(s) allocated from:` and a stack with `… in $s…CACycfC …`.
  private static func objectsByType(_ text: String) -> [String: Int] {
    var counts: [String: Int] = [:]
    var objects = 0
    for line in text.split(separator: "\n") {
      if let match = line.firstMatch(of: #/leak of \d+ byte\(s\) in (\d+) object/#) { objects = Int(match.1) ?? 0 }
      guard let match = line.firstMatch(of: #/ #(\d+) 0x[0-9a-f]+ in (\S+)/#), let depth = Int(match.1), depth <= 4,
        match.2.hasSuffix("fC")
      else { continue }
      let name = SwiftName.short(String(match.2))
      if let dot = name.firstRange(of: ".init(") { counts[String(name[..<dot.lowerBound]), default: 0] += objects }
      objects = 0
    }
    return counts
  }
}
