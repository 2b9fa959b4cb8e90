import Pprof
import TestSupport
import Testing

/// Programs that profile themselves while the environment, or another part of them, does so, too.
@Suite(.serialized) struct SharedSamplerTests {
  private func own(_ scenario: String, _ environment: [String: String]) throws -> ProfiledRun {
    try ProfiledRun(scenario, hertz: 500, environment: environment)
  }

  private static func time(_ profile: Profile, under function: String? = nil) -> Int {
    profile.samples.reduce(0) { sum, sample in
      function.map { profile.names(of: sample).contains($0) } ?? true ? sum + Int(sample.values[1]) : sum
    }
  }

  @Test(.promptSignals) func aSessionOfTheProgramTakesItsPartOfTheEnvironments() throws {
    let folder = try TemporaryFolder()
    let run = try own(
      "own-session", ["LAB_CPUPROFILE": folder.file("cpu.pb.gz"), "LAB_CPUPROFILE_RATE": "250"])
    let alone = try own("own-session", [:])
    for run in [run, alone] {
      #expect(run.status == 0)
      #expect(run.complaint == "")
      #expect(run.facts["stop"] == ["no CPU profiler is running"])
      #expect(run.facts["start"]?.first?.contains("already running") == true)
      let profile = try #require(run.profile)
      // What came before, meanwhile and after is not in it.
      for function in ["heavy(_:)", "light(_:)"] { #expect(run.time(under: function) == 0, "\(function)") }
      #expect(run.time(under: "medium(_:)") > 0)
      // A sanitizer has a thread of its own that blocks every signal.
      let blocked = run.time(under: "[thread blocks SIGPROF]")
      #expect(run.time() - blocked == run.fact("weight") * Int(profile.period))
    }
    // The sampler's rate holds, and the profile says so.
    #expect(run.profile?.period == 4_000_000)
    #expect(run.profile?.comments.contains { $0.contains("500 Hz were asked for") && $0.contains("250 Hz") } == true)
    #expect(alone.profile?.period == 2_000_000)
    #expect(alone.profile?.comments.contains { $0.contains("asked for") } == false)

    let whole = try Profile(contentsOf: folder.file("cpu.pb.gz"))
    #expect(whole.period == 4_000_000)
    #expect(Self.time(whole, under: "medium(_:)") >= run.time(under: "medium(_:)"))
    for function in ["heavy", "medium", "light"] {
      let ratio = Double(Self.time(whole, under: "\(function)(_:)")) / Double(run.fact(function))
      // Roughly: what is asked is whether a part is missing.
      #expect(ratio > 0.6 && ratio < 1.6, "\(function)")
    }
  }

  @Test(arguments: [nil, "100"]) func recordingsOverlap(environmentsRate: String?) throws {
    let folder = try TemporaryFolder()
    let environment = environmentsRate.map {
      ["LAB_CPUPROFILE": folder.file("cpu.pb.gz"), "LAB_CPUPROFILE_RATE": $0]
    }
    let run = try own("overlapping", environment ?? [:])
    #expect(run.status == 0)
    #expect(run.complaint == "")
    #expect(run.fact("short") == (environmentsRate == nil ? 2_000_000 : 10_000_000))
    #expect(run.fact("heavy") == 1)
    // Its pause is its own.
    #expect(run.time(under: "heavy(_:)") == 0)
    #expect(run.time(under: "medium(_:)") > 0)
    #expect(run.facts["stop"] == ["no CPU profiler is running"])
    guard environmentsRate != nil else { return }
    let whole = try Profile(contentsOf: folder.file("cpu.pb.gz"))
    for function in ["heavy(_:)", "medium(_:)"] { #expect(Self.time(whole, under: function) > 0, "\(function)") }
  }

  @Test(arguments: [false, true]) func aDozenWindowsOverlap(environmentRecords: Bool) throws {
    let folder = try TemporaryFolder()
    let run = try own("many-windows", environmentRecords ? ["LAB_CPUPROFILE": folder.file("cpu.pb.gz")] : [:])
    #expect(run.status == 0)
    #expect(run.complaint == "")
    let windows = try #require(run.facts["window"]).compactMap { Int($0) }
    #expect(windows.count == 12)
    // Each has what was sampled in it: something, and no more than the session that it lies in.
    #expect(windows.allSatisfy { $0 > 0 && $0 <= run.fact("whole") }, "\(windows) of \(run.fact("whole"))")
    if environmentRecords {
      let whole = try Profile(contentsOf: folder.file("cpu.pb.gz"))
      #expect(whole.samples.reduce(0) { $0 + $1.values[0] } >= run.fact("whole"))
    }
  }

  @Test(.metThreads) func whatABlockingThreadOwedBeforeIsNotTheWindows() throws {
    let folder = try TemporaryFolder()
    let run = try own("late-window", ["LAB_CPUPROFILE": folder.file("cpu.pb.gz")])
    #expect(run.facts["failed"] == nil)
    let blocked = try #require(run.profile).samples.reduce(0) { $0 + Int($1.values[1]) }
    // To a period at either end, and what starting and stopping took.
    #expect(blocked > run.fact("within") * 8 / 10 && blocked < run.fact("within") * 16 / 10, "\(blocked)")
    let whole = Self.time(try Profile(contentsOf: folder.file("cpu.pb.gz")), under: "[thread blocks SIGPROF]")
    let all = run.fact("before") + run.fact("within") + run.fact("after")
    #expect(whole > all * 8 / 10 && whole < all * 13 / 10, "\(whole) of \(all)")
  }

  @Test(.promptSignals) func theEnvironmentsProfileIsWholeThoughTheProgramNeverStops() throws {
    // Of a short time a busy machine samples now and then less.
    let misses = try inOneOfThreeRuns {
      let folder = try TemporaryFolder()
      let run = try own("unfinished", ["LAB_CPUPROFILE": folder.file("cpu.pb.gz")])
      #expect(run.status == 3)
      #expect(run.complaint == "")
      let whole = try Profile(contentsOf: folder.file("cpu.pb.gz"))
      let ratio = Double(Self.time(whole, under: "heavy(_:)")) / Double(run.fact("heavy"))
      return ratio > 0.6 && ratio < 1.6 ? [] : ["\(ratio) of the time"]
    }
    #expect(misses == [])
  }
}
