import Foundation
import Pprof
import Profiling
import TestSupport
import Testing

/// The facts are what a program of known truth says of itself: threads under `serve`, under `backUp`, and all.
@Suite(.heapProfiler) struct ThreadCreationTests {
  @Test func everyThreadIsCountedByItsMaker() throws {
    let run = try ProfiledRun.counting("makers")
    let words = try #require(run.facts["made"]?.first).split(separator: " ").compactMap { Int($0) }
    #expect(words[0] == 7 && words[1] == 5)
    // The runtime may make some for the task.
    #expect(words[2] >= 12)
    #expect(run.fact("a") == 4)
    #expect(run.fact("b") >= 5)
    #expect(run.facts["leaf"] == ["thread(stackBytes:_:)"])
    #expect(run.facts["types"] == ["threadcreate/count"])
    #expect(run.facts["comment"] == ["\(words[2]) threads were made, whether they still run or not"])
    #expect(run.fact("same") == 1)
  }

  @Test func tenThousandThreadsAreTenThousand() throws {
    let run = try ProfiledRun.counting("many")
    #expect(run.fact("joined") == 10_000)
    #expect(run.facts["made"] == ["10000 0 10000"])
    #expect(run.facts["at-once"] == ["10000 1000 11008"])
  }

  @Test func threadsOfPoolsAreSeen() throws {
    let run = try ProfiledRun.counting("pools")
    #expect(run.facts["of-kernel"] == ["0"])
    #expect(run.fact("enough") == 1)
    #expect(run.fact("back-up") == 2)
  }

  @Test func aThreadThatTheSystemRefusesIsNone() throws {
    let run = try ProfiledRun.counting("refused")
    #expect(run.fact("refused") == 1)
    #expect(run.facts["made"] == ["2 0 2"])
    #expect(run.fact("comment") == 1)
  }

  @Test func aForkedChildBeginsAnew() throws {
    let run = try ProfiledRun.counting("fork")
    #expect(run.fact("child") == 1)
    #expect(run.facts["parent"] == ["4 0 4"])
  }

  @Test func eachSessionCountsFromItsStart() throws {
    let run = try ProfiledRun.counting("sessions")
    #expect(run.facts["before"] == ["0 0 0"])
    #expect(run.facts["again"] == ["the thread creation profiler is already running"])
    #expect(run.facts["first"] == ["2 0 2"])
    #expect(run.facts["between"] == ["0 0 0"])
    #expect(run.facts["second"] == ["8 0 8"])
  }

  @Test func theProfilersOwnThreadsAreNobodys() throws {
    let run = try ProfiledRun.counting("own")
    #expect(run.facts["own"] == ["0"])
    #expect(run.facts["before"] == ["0"])
  }

  @Test func deepMakersKeepBothEnds() throws {
    let run = try ProfiledRun.counting("deep")
    #expect(run.facts["made"] == ["1 1 2"])
    let frames = try #require(run.facts["frames"])
    #expect(frames[0] == "101 false")
    #expect(frames[1].hasSuffix(" true"))
    #expect(run.fact("comment") == 1)
  }

  @Test func theEnvironmentCountsAWholeRun() throws {
    let folder = try TemporaryFolder()
    let file = folder.file("t.pb.gz")
    let run = try ProfiledRun.counting("plain", environment: ["LAB_THREADCREATEPROFILE": file])
    #expect(run.status == 0)
    #expect(run.facts["session"] == ["0 2 2"])
    let profile = try Profile(contentsOf: file)
    try profile.checkValid()
    #expect(profile.count(under: "serve(_:_:)") == 5)
    #expect(profile.count(under: "backUp(_:)") == 2)
    // The runtime made some for the program's tasks, before main or in it.
    #expect(profile.count(under: "") >= 7)
    #expect(profile.period == 1 && profile.durationNanoseconds > 0)
  }

  @Test("A thread that ends the program is in its profile")
  func lastAct() throws {
    let folder = try TemporaryFolder()
    let file = folder.file("t.pb.gz")
    let run = try ProfiledRun.counting("last-act", environment: ["LAB_THREADCREATEPROFILE": file])
    #expect(run.status == 0)
    #expect(try Profile(contentsOf: file).count(under: "serve(_:_:)") == 1)
  }
}

extension ProfiledRun {
  /// A run of the program that counts what it does.
  static func counting(_ scenario: String, environment: [String: String] = [:]) throws -> ProfiledRun {
    let folder = URL(fileURLWithPath: program).deletingLastPathComponent()
    return try ProfiledRun(
      scenario, environment: environment, program: folder.appendingPathComponent("CountingProgram").path)
  }
}

extension Profile {
  /// The first value, over the samples that a function is in; of all if it has no name.
  func count(under function: String, value: Int = 0) -> Int {
    samples.reduce(0) { sum, sample in
      function.isEmpty || names(of: sample).contains(function) ? sum + Int(sample.values[value]) : sum
    }
  }
}

/// Beside a sanitizer there are no hooks.
@Suite(.enabled(if: !HeapProfiler.isAvailable, "this build has no sanitizer")) struct ThreadCreationSanitizerTests {
  @Test func theProfilerSaysWhyItDoesNotStart() {
    #expect(throws: ProfilingError.sanitizer) { try ThreadCreationProfiler.start() }
  }
}
