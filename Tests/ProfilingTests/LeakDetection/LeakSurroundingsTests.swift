import Foundation
import Leaks
import Profiling
import TestSupport
import Testing

/// Scans where something is missing, or where something else goes on.
@Suite(.heapProfiler) struct LeakSurroundingsTests {
  private func output(_ arguments: String...) throws -> String {
    try Tool(path: PlantedShapes(.debug).path).run(["1", "--text"] + arguments)
  }

  private static let cycle = "Session.onClose → closure capturing Session → Session"

  /// Whether this process may have a view of the file system of its own.
  private static let mayHide: Bool = {
    guard let unshare = Tool("unshare") else { return false }
    return (try? unshare.run(["-m", "sh", "-c", "mount -t tmpfs none /proc"])) != nil
  }()

  @Test(
    "Without /proc there is no report but a reason, and the program ends as ever",
    .enabled(if: Self.mayHide, "needs the right to mount"))
  func withoutProc() throws {
    let program = try PlantedShapes(.debug).path
    let unshare = try #require(Tool("unshare"))
    let text = try unshare.run(["-m", "sh", "-c", "mount -t tmpfs none /proc && exec '\(program)' 1 --text"])
    #expect(text == "error: /proc/thread-self/maps cannot be read, so the roots are not known\n")
  }

  @Test("Where the kernel forbids process_vm_readv, the same is found, but where it takes the types of fields")
  func withoutReading() throws {
    #expect(try output("--no-reading").contains("may be leaked or not"))
    let text = try output("--no-reading", "--without-strays")
    #expect(text.hasPrefix("filtered\n"))
    #expect(text.contains(Self.cycle))
    #expect(!text.contains("Kept"))
    let count = #/(\d+) retain cycles of (\d+) shapes/#
    let (without, with) = (text.firstMatch(of: count), try output("--without-strays").firstMatch(of: count))
    #expect(try #require(without).output.0 == #require(with).output.0)
  }

  @Test("The youngest blocks can be left out, but not those that older ones lead to")
  func young() throws {
    let text = try output("--young")
    #expect(text.hasPrefix("early: 20, late: 0, leader: 1 keeps [1]\n"), "\(text)")
    #expect(text.contains("20 leaked blocks were left out, younger than was asked for"), "\(text)")
  }

  @Test("An age is a share or a time", arguments: ["", "10", "0%", "100%", "-1s", "1.5s", "s", "%", "99999999999999s"])
  func noAge(text: String) {
    #expect(LeakAge(text) == nil)
    #expect(LeakAge("10%") == .youngest(percent: 10))
    #expect(LeakAge("250ms") == .since(.milliseconds(250)))
    #expect(LeakAge("2s") == .since(.seconds(2)))
    #expect(LeakAge("3m") == .since(.seconds(180)))
  }

  @Test("A CPU profile and leak scans do not disturb each other")
  func sampled() throws {
    let text = try output("--sampled")
    let match = try #require(text.firstMatch(of: #/quiet: (\d+), sampled: \[(.*)\], samples: (\d+)/#), "\(text)")
    #expect(try PlantedShapes.agree(match.2, with: match.1), "\(text)")
    #expect(try #require(Int(match.3)) > 0)
  }

  @Test("What only a register for vectors has, as while memory is moved, is not lost")
  func vectors() throws {
    let text = try output("--vectors")
    #expect(text.contains(#/^in vectors: [12]\n/#))
    #expect(text.contains(Self.cycle))
    #expect(!text.contains("Kept"), "\(text)")
  }

  @Test("While libraries are loaded and unloaded, the same blocks are leaked")
  func loading() throws {
    let library = try #require(
      [
        "/lib/x86_64-linux-gnu/libutil.so.1", "/lib/aarch64-linux-gnu/libutil.so.1", "/lib64/libutil.so.1",
        "/usr/lib/libutil.so.1",
      ].first { FileManager.default.fileExists(atPath: $0) })
    let text = try output("--loading", library)
    let match = try #require(text.firstMatch(of: #/still: (\d+), loading: \[(.*)\]/#), "\(text)")
    #expect(try PlantedShapes.agree(match.2, with: match.1), "\(text)")
  }
}
