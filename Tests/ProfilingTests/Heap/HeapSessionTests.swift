import Foundation
import Pprof
import Profiling
import TestSupport
import Testing

/// Sessions of the program, of the leak detector and of the environment, one after the other and at once.
@Suite(.heapProfiler) struct HeapSessionTests {
  private static let ownFacts = [
    "before": "off - - unarmed", "empty": "0", "again": "the heap profiler is already running",
    "meanwhile": "running 1 counters unarmed", "counted": "79019", "earlier": "0 0 0 0", "own": "6 474114 3 237057",
    "after": "off - - unarmed", "second": "0 0 0 0", "huge": "1 90000001 1 90000001", "kept": "5",
  ]

  /// Under every session of the environment that records all blocks it finds what it finds alone.
  @Test(arguments: [nil, "LAB_HEAPPROFILE", "LAB_ALLOCSPROFILE", "LAB_LEAKS"])
  func aProgramsSessionIsItsOwn(variable: String?) throws {
    let folder = try TemporaryFolder()
    let environment = variable.map { [$0: folder.file("out"), "\($0)_RATE": "1"] } ?? [:]
    let run = try ProfiledRun.heap("own-session", environment: environment)
    #expect(run.status == 0)
    #expect(run.complaint == "")
    let shared = variable != nil
    let rates = ["asked": shared ? "1" : "0", "period": shared ? "1" : "65536"]
    #expect(run.facts == Self.ownFacts.merging(rates) { $1 }.mapValues { [$0] })
    guard let variable else { return }
    if variable == "LAB_LEAKS" {
      let text = try String(contentsOfFile: folder.file("out"), encoding: .utf8)
      // Of the blocks that are kept nobody has the address any more when the program ends.
      #expect(text.contains("in ownSession()"))
    } else {
      let whole = try Profile(contentsOf: folder.file("out"))
      #expect(whole.period == 1)
      #expect(whole.values(size: 79_003) == [3, 237_009, 2, 158_006])
      #expect(whole.values(size: 79_019) == [10, 790_190, 7, 553_133])
      #expect(whole.values(size: 90_000_001) == [1, 90_000_001, 0, 0])
    }
  }

  @Test func theRateOfTheEnvironmentHolds() throws {
    let folder = try TemporaryFolder()
    let run = try ProfiledRun.heap("own-session", environment: ["LAB_HEAPPROFILE": folder.file("heap.pb.gz")])
    #expect(run.status == 0)
    #expect(run.complaint == "")
    #expect(run.facts["period"] == ["524288"])
    #expect(run.facts["asked"] == ["1"])
    #expect(run.facts["huge"] == ["1 90000001 1 90000001"])
    #expect(try Profile(contentsOf: folder.file("heap.pb.gz")).values(size: 90_000_001) == [1, 90_000_001, 0, 0])
  }

  @Test func thousandsOfSessionsSeeTheirOwnBlocksOnly() throws {
    let folder = try TemporaryFolder()
    let run = try ProfiledRun.heap(
      "many-sessions", environment: ["LAB_HEAPPROFILE": folder.file("heap.pb.gz"), "LAB_HEAPPROFILE_RATE": "1"])
    #expect(run.facts == ["last": ["2 158062 2 158062"]])
    #expect(try Profile(contentsOf: folder.file("heap.pb.gz")).values(size: 79_031) == [27, 2_133_837, 0, 0])
  }

  @Test(arguments: [false, true]) func noBlockOfOneSessionIsMetInTheNext(memoryIsLocked: Bool) throws {
    let run = try ProfiledRun.heap("restart-storm", environment: memoryIsLocked ? ["LOCKED": "1"] : [:])
    if memoryIsLocked, run.facts["locked"] == ["-1"] { return }
    #expect(run.status == 0)
    #expect(run.facts["stale"] == ["0"])
    #expect(run.facts["counted"] == ["0"])
  }

  // MARK: - The leak detector

  private static let notArmed = "not every allocation is tracked: arm the leak detector when the program starts"

  @Test func armingIsAStateOfItsOwn() throws {
    let run = try ProfiledRun.heap("arming")
    #expect(run.status == 0)
    let expected = [
      "recording": ["running 1 counters unarmed"], "unarmed-report": [Self.notArmed], "arm": ["done"],
      "arm-again": ["the heap profiler is already running"], "joined": ["done"], "joined-cycles": ["10"],
      "detector-alone": ["off - - armed"], "alone": ["done"], "alone-cycles": ["20"], "off": ["off - - unarmed"],
      "rate": ["0", "0"], "both": ["running 524288 counters armed"], "period": ["1"],
      "disarmed-report": [Self.notArmed], "profiler-alone": ["running 524288 counters unarmed"],
      "arm-sampled": ["the heap profiler is already running"], "sampled": ["running 524288 counters unarmed"],
    ]
    #expect(run.facts == expected)
  }

  @Test(arguments: [[:], ["LAB_LEAKS": "out"], ["LAB_HEAPPROFILE": "out", "LAB_HEAPPROFILE_RATE": "1"]])
  func disarmingEndsWhatTheProgramArmed(variables: [String: String]) throws {
    let folder = try TemporaryFolder()
    let environment = variables.mapValues { $0 == "out" ? folder.file("out") : $0 }
    let run = try ProfiledRun.heap("arming-once", environment: environment)
    #expect(run.status == 0)
    #expect(run.complaint == "")
    let expected = [
      "arm": "done", "state": "off - - armed", "report": "done", "report-cycles": "10", "after": "off - - unarmed",
      "kept": "3",
    ]
    #expect(run.facts == expected.mapValues { [$0] })
    if variables["LAB_LEAKS"] != nil {
      let text = try String(contentsOfFile: folder.file("out"), encoding: .utf8)
      #expect(text.contains("Lost.me → Lost\n   10 cycles, 10 blocks"))
    } else if !variables.isEmpty {
      #expect(try Profile(contentsOf: folder.file("out")).values(size: 79_003) == [3, 237_009, 3, 237_009])
    }
  }

  @Test func whereNotEveryBlockIsRecordedArmingSaysWhoIsToBlame() throws {
    let folder = try TemporaryFolder()
    let run = try ProfiledRun.heap("arming-once", environment: ["LAB_ALLOCSPROFILE": folder.file("allocs.pb.gz")])
    #expect(run.status == 0)
    #expect(run.complaint == "")
    let error = try #require(run.facts["arm"]?.first)
    #expect(error.contains("the environment (LAB_HEAPPROFILE or LAB_ALLOCSPROFILE)"))
    #expect(error.contains("524288 bytes"))
    // Nothing has changed, and the environment has its profile.
    #expect(run.facts["state"] == ["off - - unarmed"])
    let profile = try Profile(contentsOf: folder.file("allocs.pb.gz"))
    #expect(profile.period == 524_288)
    #expect(profile.defaultSampleType == "alloc_space")
  }

  @Test(arguments: [false, true]) func theCLibrarySeesADoubleFree(isArmed: Bool) throws {
    let run = try ProfiledRun.heap(
      "double-free", environment: (isArmed ? ["ARMED": "1"] : [:]).merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 })
    #expect(run.status == -SIGABRT)
    #expect(run.complaint.hasPrefix("free(): double free detected"))
    #expect(run.facts == [:])
  }
}
