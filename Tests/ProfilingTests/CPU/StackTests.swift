import Pprof
import Profiling
import TestSupport
import Testing

/// What stacks look like.
@Suite(.serialized, .promptSignals) struct StackTests {
  @Test func awaitingFunctionsFormTheStack() throws {
    let run = try ProfiledRun("async")
    try #require(run.status == 0)
    try check(run)
  }

  @Test(.enabled(if: Tool("strip") != nil, "strip is not installed"))
  func aStrippedProgramKeepsItsLogicalStacks() throws {
    let strip = try #require(Tool("strip"))
    let folder = try TemporaryFolder()
    let stripped = folder.file("stripped")
    try strip.run(["-o", stripped, ProfiledRun.program])
    let run = try ProfiledRun("async", program: stripped)
    let profile = try #require(run.profile)
    #expect(run.fact("async") * 100 >= run.fact("weight") * 95)
    #expect(run.fact("unresolved") * 100 <= run.fact("weight"))
    let depths = profile.samples.map(\.locations.count).sorted()
    #expect(depths[depths.count / 2] >= 11)
    // What has no name any more must not get another's.
    for sample in profile.samples { #expect(!profile.names(of: sample).contains("heavy(_:)")) }
  }

  /// The chain from the innermost function to the task's closure, each function as often as it awaits.
  private func check(_ run: ProfiledRun) throws {
    let chain =
      ["innermost(_:)", "inner(_:)", "middle(_:)", "Account.settle(_:)"] + Array(repeating: "nested(_:_:)", count: 6)
      + ["asyncChain(_:)"]
    let profile = try #require(run.profile)
    let whole = run.time { _, names in names.drop { $0 != "innermost(_:)" }.elementsEqual(chain) }
    #expect(Double(whole) >= 0.97 * Double(run.time()), "\(profile.samples.map(profile.names))")
    #expect(run.fact("unresolved") * 100 <= run.fact("weight"))
    for sample in profile.samples {
      let names = profile.names(of: sample)
      #expect(!names.contains { $0.hasPrefix("lab_") || $0.contains("run_thread") || $0.contains("on_sigprof") })
    }
  }

  /// Of 2,000 frames it is known how many are left out; of 20,000 nobody counts those beyond the 8,192nd.
  @Test(arguments: [(2000, "[", 2000 - 511, "main"), (20_000, "[more than ", 8192 - 447, "_dispatch_worker_thread")])
  func deepStacksAreCutAndCounted(depth: Int, beginning: String, leftOut: Int, root: String) throws {
    /// By how much the samples miss the processor time that the program read.
    func error(_ run: ProfiledRun) -> Double { abs(Double(run.time()) / Double(run.fact("cpu")) - 1) }
    var run = try ProfiledRun("deep", environment: ["DEPTH": "\(depth)"])
    // Samples can miss it by chance where other programs want the processors.
    for _ in 0..<4 where error(run) > 0.05 { run = try ProfiledRun("deep", environment: ["DEPTH": "\(depth)"]) }
    let profile = try #require(run.profile)
    let cuts = Set(profile.functions.map(\.name).filter { $0.hasSuffix(" frames left out]") })
    #expect(!cuts.isEmpty)
    for cut in cuts {
      let number = try #require(Int(cut.dropFirst(beginning.count).prefix { $0.isNumber }), "\(cut)")
      // The program has a few frames beside those of the recursion.
      #expect(number >= leftOut && number <= leftOut + 40, "\(cut)")
    }
    let cut = profile.samples.filter { sample in profile.names(of: sample).contains { cuts.contains($0) } }
    #expect(cut.reduce(0) { $0 + $1.values[0] } * 100 >= profile.samples.reduce(0) { $0 + $1.values[0] } * 90)
    for sample in cut {
      let names = profile.names(of: sample)
      // What a thread began with is known of those that were met at their birth.
      let knowsRoot = depth < 8192 || HeapProfiler.isAvailable
      #expect(names.last?.hasSuffix(knowsRoot ? root : " frames left out]") == true, "\(names.suffix(3))")
      #expect(names.contains("recurse(_:_:)"))
    }
    #expect(run.fact("truncated") * 100 >= run.fact("weight") * 95)
    #expect(profile.samples.allSatisfy { $0.locations.count <= 512 })
    #expect(profile.comments.contains { $0.hasPrefix("\(run.fact("truncated")) samples have so deep a stack") })
    #expect(error(run) <= 0.05)
  }

  @Test func aHandlerOfTheProgramIsWalkedThrough() throws {
    let run = try ProfiledRun("own-handler")
    let inside = run.time { _, names in names.contains("medium(_:)") }
    let whole = run.time { _, names in names.contains("medium(_:)") && names.contains("start_thread") }
    #expect(whole == inside)
    // The rest is what the threads of the profiler and of the pool do beside it: on a busy machine, more.
    #expect(Double(inside) >= 0.5 * Double(run.time()))
    #expect(run.fact("unresolved") == 0)
  }

  @Test func stacksReachTheirRootInTheMiddleOfTheAllocator() throws {
    let run = try ProfiledRun("allocating", hertz: 1000)
    #expect(run.status == 0)
    #expect(run.fact("unresolved") * 100 <= run.fact("weight"))
    #expect(run.fact("lost") == 0)
  }
}
