import Foundation
import Pprof
import TestSupport
import Testing

/// What may befall a profiled program.
@Suite(.serialized) struct BadDayTests {
  @Test func aForkedChildIsNotSampledAndHarmsNobody() throws {
    let run = try ProfiledRun("fork", hertz: 500)
    #expect(run.status == 0)
    #expect(run.fact("child") == 7)
    #expect(abs(Double(run.time()) / Double(run.fact("cpu")) - 1) <= 0.1)
  }

  @Test func aLateSignalDoesNotKill() throws {
    let run = try ProfiledRun("late-signal")
    #expect(run.status == 0)
    #expect(run.fact("alive") == 1)
  }

  @Test func aSignalOfTheProgramsOwnKillsAsItWouldWithoutAProfiler() throws {
    #expect(try ProfiledRun("own-signal").status == -SIGPROF)
  }

  @Test func aProgramWithItsOwnHandlerKeepsIt() throws {
    let run = try ProfiledRun("taken")
    #expect(run.facts["error"]?.first?.contains("SIGPROF") == true)
  }

  @Test(.metThreads) func aThreadMissedAtTheStartIsNotChargedWhatItUsedBefore() throws {
    let run = try ProfiledRun("no-descriptors")
    #expect(run.status == 0)
    #expect(run.fact("threads-missed") > 0)
    #expect(abs(Double(run.time()) / Double(run.fact("cpu")) - 1) <= 0.15)
  }

  @Test func noTimerAtAllIsAnError() throws {
    let run = try ProfiledRun("no-timers")
    #expect(run.facts["error"]?.first?.contains("ulimit -i") == true)
  }

  @Test(.promptSignals) func noMemoryForTheTablesIsAnErrorAndTheNextRecordingHasThem() throws {
    let run = try ProfiledRun("no-memory", hertz: 500)
    #expect(run.status == 0)
    #expect(run.facts["error"] == Array(repeating: "no memory for the sample buffer", count: 5))
    #expect(run.time(under: "heavy(_:)") > 0)
    #expect(run.fact("unresolved") * 20 <= run.fact("weight"))
  }

  @Test(.promptSignals, .enabled(if: Tool("clang") != nil, "clang is not installed"))
  func modulesComeAndGo() throws {
    let clang = try #require(Tool("clang"))
    let folder = try TemporaryFolder()
    let source = folder.file("module.c"), one = folder.file("one.so"), two = folder.file("two.so")
    try moduleSource.write(toFile: source, atomically: true, encoding: .utf8)
    for module in [one, two] { try clang.run(["-O1", "-shared", "-fPIC", "-o", module, source]) }
    let environment = ["MODULE": one, "OTHER_MODULE": two]
    var run = try ProfiledRun("modules", hertz: 500, environment: environment)
    // The program's time has in it what the profiler takes to read the modules, which is much on a machine under load.
    for _ in 0..<2 where abs(Double(run.time()) / Double(run.fact("cpu")) - 1) > 0.05 {
      run = try ProfiledRun("modules", hertz: 500, environment: environment)
    }
    #expect(run.status == 0)
    #expect(run.facts["error"] == nil)
    #expect(abs(Double(run.time()) / Double(run.fact("cpu")) - 1) <= 0.05)
    #expect(run.fact("unresolved") * 100 <= run.fact("weight") * 5)
    // Both are gone when names are looked up, and one lay where the other had been. A change is noticed after 0.1 s.
    for module in ["[one.so]", "[two.so]"] {
      #expect(abs(Double(run.time(under: module)) / Double(run.time()) - 0.5) <= 0.25, "\(module)")
    }
  }

  private let moduleSource = """
    #include <stdint.h>
    #include <time.h>
    static uint64_t now(void) {
      struct timespec t;
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
      return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
    }
    __attribute__((noinline)) double module_crunch(double x, int n) {
      for (int i = 0; i < n; i++) x = x * 1.0000001 + i;
      return x;
    }
    double module_sum;
    void module_work(uint64_t nanoseconds) {
      for (uint64_t end = now() + nanoseconds; now() < end;) module_sum = module_crunch(module_sum, 10000);
    }
    """
}
