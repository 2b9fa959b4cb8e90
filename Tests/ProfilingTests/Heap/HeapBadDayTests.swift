import Foundation
import Pprof
import Profiling
import TestSupport
import Testing

/// What may befall a program whose heap is profiled.
@Suite(.heapProfiler) struct HeapBadDayTests {
  @Test func blocksOutliveTheirThreads() throws {
    let run = try ProfiledRun.heap("threads")
    #expect(run.status == 0)
    let expected = [
      "ended": ["8000 5864000 8000 5864000"], "half": ["8000 5864000 4000 2932000"], "none": ["8000 5864000 0 0"],
      "short": ["800 587200 0 0"],
    ]
    #expect(run.facts == expected)
  }

  @Test func aForkedChildGoesOnByItself() throws {
    let run = try ProfiledRun.heap("fork")
    #expect(run.facts == ["child": ["7"], "parent": ["1 74001 1 74001"], "childs": ["0 0 0 0"]])
  }

  @Test func noChildHangsOnWhatAnotherThreadHeld() throws {
    let run = try ProfiledRun.heap("fork-storm")
    #expect(run.fact("good") == 50)
  }

  @Test func aProgramMayBecomeAnother() throws {
    let run = try ProfiledRun.heap("exec")
    #expect(run.status == 0)
    #expect(run.fact("other") == 1)
  }

  @Test func noMemoryForTheTableIsACountedLoss() throws {
    let run = try ProfiledRun.heap("no-memory")
    #expect(run.status == 0)
    #expect(run.fact("block") == 1)
    #expect(run.fact("lost") == 1)
    #expect(run.facts["lost-block"] == ["1 8000003 0 0"])
    #expect(run.fact("comment") == 1)
    #expect(run.facts["next"] == ["1 75001 1 75001"])
  }

  @Test func signalsInTheHooksDisturbNeitherProfile() throws {
    let run = try ProfiledRun.heap("two-profilers")
    #expect(run.status == 0)
    #expect(run.facts["kept"] == ["1000 761000 1000 761000"])
    #expect(run.facts["freed"] == ["1000 761000 0 0"])
    #expect(run.fact("samples") > 0)
    #expect(run.fact("hooks-shown") == 0)
  }

  @Test func stacksOfAnUnloadedLibraryKeepTheirNames() throws {
    let clang = try #require(Tool("clang") ?? Tool("gcc"), "this test needs a C compiler")
    let folder = try TemporaryFolder()
    let source = folder.file("module.c")
    try """
    #include <stdlib.h>
    __attribute__((noinline)) void module_blocks(long count, void **blocks) {
      for (long i = 0; i < count; i++) blocks[i] = malloc(79001);
    }
    """.write(toFile: source, atomically: true, encoding: .utf8)
    try clang.run(["-O1", "-shared", "-fPIC", "-o", folder.file("module.so"), source])
    let run = try ProfiledRun.heap("unload", environment: ["MODULE": folder.file("module.so")])
    #expect(run.facts == ["closed": ["0"], "named": ["10 790010 10 790010"], "mapping": ["1"]])
  }

  @Test func theEnvironmentProfilesAWholeRun() throws {
    let folder = try TemporaryFolder()
    let run = try ProfiledRun.heap(
      "plain", environment: ["LAB_HEAPPROFILE": folder.file("heap.pb.gz"), "LAB_HEAPPROFILE_RATE": "1"])
    #expect(run.status == 0)
    let profile = try Profile(contentsOf: folder.file("heap.pb.gz"))
    try profile.checkValid()
    #expect(profile.period == 1)
    #expect(profile.sampleTypes.map(\.type) == ["alloc_objects", "alloc_space", "inuse_objects", "inuse_space"])
    #expect(profile.values(size: 79_003) == [3, 237_009, 2, 158_006])
  }

  @Test(arguments: [
    (["LAB_HEAPPROFILE": "/nonexistent/heap.pb.gz"], "cannot write to /nonexistent"),
    (["LAB_HEAPPROFILE": "/tmp/h.pb.gz", "LAB_HEAPPROFILE_RATE": "0"], "LAB_HEAPPROFILE_RATE is '0'"),
    (["LAB_HEAPPROFILE": "/dev/null", "LAB_ALLOCSPROFILE": "/dev/null"], "already running"),
  ])
  func whatIsWrongIsOneLineAndTheProgramRunsOn(environment: [String: String], complaint: String) throws {
    let run = try ProfiledRun.heap("plain", environment: environment)
    #expect(run.status == 0)
    #expect(run.complaint.contains(complaint))
    #expect(run.complaint.filter { $0 == "\n" }.count == 1)
  }
}

/// Beside a sanitizer there are no hooks.
@Suite(.enabled(if: !HeapProfiler.isAvailable, "this build has no sanitizer")) struct HeapSanitizerTests {
  @Test func theProfilerSaysWhyItDoesNotStart() {
    #expect(throws: HeapProfilerError.sanitizer) { try HeapProfiler.start() }
    #expect(HeapProfilerError.sanitizer.description.contains("sanitizer"))
  }
}
