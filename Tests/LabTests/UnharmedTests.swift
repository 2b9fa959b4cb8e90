import Foundation
import Platform
import Pprof
import TestSupport
import Testing

/// Programs that were not built for the profiler live and die under it as they would without: the same exit code or
/// signal, the same output, and their end comes by itself.
@Suite(.serialized) struct UnharmedTests {
  private static let kinds = ["cpu", "heap", "allocs", "leaks", "threadcreate"]

  @Test(
    "Exit, signal and output are the same",
    arguments: [
      "dispositions", "own_handler early", "own_handler late", "own_handler raw", "own_handler once", "masks", "waits",
      "own_signals raise", "own_signals kill", "own_signals timer", "own_signals ignored", "own_signals pending",
      "own_signals child", "own_signals descriptor", "own_signals timed", "inheritance", "inheritance ignored",
      "inheritance blocked", "inheritance ignored blocked", "main_ends returns", "main_ends exits",
      "main_ends is-ended", "crash main", "crash thread", "crash abort", "crash term", "crash double-free", "children",
      "coroutines", "blocked", "threads", "ends pause", "ends semaphore", "ends poll", "ends bare", "ends limit",
      "ends pipe",
    ])
  func sameEnd(_ command: String) throws {
    let program = try TestedProgram(command)
    let bare = try program.run()
    for kind in Self.kinds {
      let recorded = try program.run(recording: kind)
      #expect(recorded.end == bare.end, "\(command), \(kind): \(recorded.errors)")
      #expect(recorded.output == bare.output, "\(command), \(kind)")
      #expect(recorded.errorsOfProgram == bare.errorsOfProgram)
    }
  }

  @Test("Threads that block every signal are sampled like others")
  func masks() throws {
    let profile = try TestedProgram("masks").profile()
    // Twice as much in threads as in main, to a tenth of it all.
    let share = profile.share { $0.contains("work") }
    #expect(abs(share - 2.0 / 3) < 0.1)
    // Without what it takes to load the program, which is much on a busy machine.
    let burnt = profile.time * profile.share { $0.contains("burn") }
    #expect(burnt > 0.8 * 0.9 && burnt < 1.1 * 0.9, "\(burnt)")
  }

  @Test("What SIGPROF cannot reach is charged to a frame of its own")
  func blocked() throws {
    let profile = try TestedProgram("blocked").profile()
    #expect(abs(profile.share { $0 == ["[thread blocks SIGPROF]"] } - 0.5) < 0.1)
    #expect(profile.comments.contains { $0.contains("samples are of threads that block SIGPROF") })
  }

  @Test("A program that takes SIGPROF is told of in the profile", arguments: ["early", "late"])
  func displaced(_ when: String) throws {
    let profile = try TestedProgram("own_handler \(when)").profile()
    #expect(profile.comments.contains { $0.contains("the program handles SIGPROF itself") })
    #expect(when == "late" ? profile.time > 0.2 && profile.time < 0.4 : profile.time < 0.1, "\(profile.time)")
  }

  @Test("A handler that comes past the C library is noticed, and told of")
  func displacedBySystemCall() throws {
    let profile = try TestedProgram("own_handler raw").profile()
    #expect(profile.comments.contains { $0.contains("took SIGPROF by a bare system call") })
  }

  @Test("Signals that are the program's are told of")
  func otherSignals() throws {
    let profile = try TestedProgram("own_signals descriptor").profile()
    #expect(profile.comments.contains { $0.contains("SIGPROF was sent to the program by others") })
  }

  @Test("A worker that outlives the main thread is in the profile by name")
  func mainEnds() throws {
    let profile = try TestedProgram("main_ends").profile()
    #expect(profile.share { $0.contains("burn") && $0.contains("work") && $0.contains("start_thread") } > 0.8)
  }

  @Test("A thread that gets the id of one that has ended is sampled")
  func reusedID() throws {
    let program = try TestedProgram("reused_id")
    // Whether ids can be arranged is the machine's to say.
    guard try program.run().output == "reused\n" else { return }
    let profile = try program.profile()
    #expect(abs(profile.time * profile.share { $0.contains("work") } - 0.5) < 0.1)
  }

  @Test("A Swift program that crashes prints the same backtrace", arguments: ["cpu", "heap", "leaks"])
  func backtrace(_ kind: String) throws {
    let program = try TestedProgram(
      swift: """
        import Glibc
        @inline(never) func lookUp(_ numbers: [Int], _ index: Int) -> Int { numbers[index] }
        for _ in 0..<2 {
          var thread = pthread_t()
          pthread_create(&thread, nil, { _ in while true { sleep(60) } }, nil)
        }
        usleep(300_000)
        _ = lookUp([1, 2], CommandLine.arguments.count + 4)
        """)
    let environment = ["SWIFT_BACKTRACE": "enable=yes,color=no,interactive=no,registers=none,images=none"]
    let bare = try program.run(environment: environment)
    let recorded = try program.run(recording: kind, environment: environment)
    #expect(recorded.end == bare.end)
    #expect(bare.errors.contains("lookUp") && bare.errors.contains("Thread 2"), "\(bare.errors)")
    // Addresses and times are of the run.
    func lasting(_ text: String) -> String { text.replacing(/0x[0-9a-f]+|[0-9.]+s/, with: "") }
    #expect(lasting(recorded.errorsOfProgram) == lasting(bare.errorsOfProgram))
  }

  @Test("Nothing is said into a file that the program has open as 2", arguments: kinds)
  func reusedDescriptor(_ kind: String) throws {
    let folder = try TemporaryFolder()
    let own = folder.file("own")
    let run = try TestedProgram("ends descriptor \(own)").run(recording: kind)
    #expect(run.end == 19)
    #expect(try String(contentsOfFile: own, encoding: .utf8) == "own")
  }

  @Test("Stacks of coroutines end where they were made")
  func coroutines() throws {
    let profile = try TestedProgram("coroutines").profile()
    #expect(profile.share { $0.contains("body") } > 0.9)
    #expect(!profile.comments.contains { $0.contains("a stack that reaches neither main") }, "\(profile.comments)")
  }

  @Test("A stack too deep to walk ends in its thread's beginning", arguments: [("deep", "main"), ("deep x", "begin")])
  func deepStacks(_ command: String, root: String) throws {
    let profile = try TestedProgram(command).profile()
    #expect(profile.share { $0.last == root && $0.contains("[more than 7745 frames left out]") } > 0.9)
  }

  @Test("The loaded library brings no runtime, and no names but those of what it stands before")
  func exports() throws {
    let tool = try #require(Tool("readelf"), "this test needs readelf")
    let library = TestedProgram.preloaded
    let needed = try tool.run(["-d", "-W", library]).split(separator: "\n").filter { $0.contains("(NEEDED)") }
    #expect(!needed.contains { $0.contains("swift") }, "\(needed)")
    let hidden = try exported(by: library).symmetricDifference(Self.hooked())
    #expect(hidden.isEmpty, "\(hidden)")
    let server = (library as NSString).deletingLastPathComponent + "/libLabProfileServer.so"
    #expect(try exported(by: server) == ["lab_http_serve"])
  }

  /// What a library exports.
  private func exported(by library: String) throws -> Set<String> {
    let tool = try #require(Tool("readelf"), "this test needs readelf")
    // Number, value, size, type, binding, visibility, section, name.
    let symbols = try tool.run(["--dyn-syms", "-W", library]).split(separator: "\n").map { $0.split(separator: " ") }
    return Set(
      symbols.compactMap { fields in
        guard fields.count == 8, fields[0].dropLast().allSatisfy(\.isNumber) else { return nil }
        return fields[4] == "LOCAL" || fields[6] == "UND" ? nil : String(fields[7])
      })
  }

  /// What the sources say that the preloaded library stands before.
  private static func hooked() throws -> Set<String> {
    let root = #filePath.components(separatedBy: "/Tests/")[0] + "/Sources/CProfilerHooks/"
    let table = try String(contentsOfFile: root + "hooks/hooks.def", encoding: .utf8)
    // The result comes first, and before it the library if it is another than the C library.
    var names = table.matches(of: #/LAB_(?:ALLOCATOR_)?HOOK\(\s*[^,()]+,\s*([\w$]+),/#).map(\.1)
    names += table.matches(of: #/LAB_LIBRARY_HOOK\("[^"]+",\s*[^,()]+,\s*([\w$]+),/#).map(\.1)
    #expect(names.count > 100)
    var all = Set(names.map(String.init))
    let files = try #require(FileManager.default.enumerator(atPath: root)).compactMap { $0 as? String }
    for file in files where file.hasSuffix(".c") {
      let text = try String(contentsOfFile: root + file, encoding: .utf8)
      let others = text.matches(of: #/LAB_TAKES_PLACE (?:__attribute__\(\(\w+\)\) )?[^(\n]*?(\w+)\(/#)
      all.formUnion(others.map { String($0.1) })
    }
    // By which a program begins that is to be served.
    return all.union(["__libc_start_main"])
  }
}

extension Profile {
  /// CPU time in seconds.
  fileprivate var time: Double { Double(samples.reduce(0) { $0 + $1.values[1] }) * 1e-9 }

  /// The share of CPU time whose functions satisfy a condition.
  fileprivate func share(_ condition: ([String]) -> Bool) -> Double {
    let matching = samples.filter { sample in
      condition(sample.locations.flatMap { locations[$0].lines.map { functions[$0.function].name } })
    }
    return Double(matching.reduce(0) { $0 + $1.values[1] }) * 1e-9 / time
  }
}
