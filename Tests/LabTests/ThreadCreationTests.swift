import Foundation
import Pprof
import TestSupport
import Testing

/// Threads of programs that were not built for the profiler: every one is counted, and its maker named.
@Suite(.serialized) struct ThreadCreationTests {
  @Test("Threads made in all ways are counted by their makers, to the last that ends the program")
  func everyWay() throws {
    let program = try TestedProgram("creates")
    let file = program.folder.file("t.pb.gz")
    let run = try program.run(recording: "threadcreate", to: file)
    #expect(run.end == 3)
    #expect(run.output == "10000 500 1000 210 40\n")
    let profile = try Profile(contentsOf: file)
    try profile.checkValid()
    #expect(profile.sampleTypes == [ValueType(type: "threadcreate", unit: "count")])
    let makers = ["posix_threads": 10_200, "c_threads": 500, "small_threads": 1_000, "nested_threads": 10]
    for (maker, count) in makers { #expect(profile.threads(madeBy: maker) == count, "\(maker)") }
    #expect(profile.threads(madeBy: "makes_more") == 200)
    // Those that the pool's own threads made stand below whoever made its first.
    #expect(profile.threads(madeBy: "pool_thread") == 39)
    #expect(profile.threads(madeBy: "pool_threads") == 40)
    #expect(profile.threads(madeBy: "last_thread") == 1)
    #expect(profile.samples.reduce(0) { $0 + $1.values[0] } == 11_751)
    #expect(run.errors.contains("wrote \(file) (11751 samples)"))
  }

  @Test("A child of fork counts its own alone, in a file of its own")
  func children() throws {
    let program = try TestedProgram(
      swift: """
        import Glibc
        @inline(never) func make(_ count: Int) -> Int {
          (0..<count).reduce(0) { sum, _ in
            var thread = pthread_t()
            guard pthread_create(&thread, nil, { $0 }, nil) == 0 else { return sum }
            return sum + (pthread_join(thread, nil) == 0 ? 1 : 0)
          }
        }
        typealias Fork = @convention(c) () -> pid_t
        let first = make(5)
        let child = unsafeBitCast(dlsym(nil, "fork"), to: Fork.self)()
        if child == 0 { exit(make(3) == 3 ? 0 : 1) }
        var status: Int32 = 0
        waitpid(child, &status, 0)
        print(first + make(2), status)
        """)
    let run = try program.run(
      recording: "threadcreate", to: program.folder.file("t-%p.pb.gz"), options: ["--children"])
    #expect(run.output == "7 0\n")
    let files = try FileManager.default.contentsOfDirectory(atPath: program.folder.path).filter { $0.hasPrefix("t-") }
    let counts = try files.map { try Profile(contentsOf: program.folder.file($0)).threads(madeBy: "make(_:)") }
    #expect(counts.sorted() == [3, 7])
  }
}

extension Profile {
  /// How many threads a function made, by itself or by what it called.
  fileprivate func threads(madeBy function: String) -> Int64 {
    samples.reduce(0) { sum, sample in
      let isBelow = sample.locations.contains { location in
        locations[location].lines.contains { functions[$0.function].name == function }
      }
      return isBelow ? sum + sample.values[0] : sum
    }
  }
}
