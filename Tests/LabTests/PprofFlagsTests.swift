import Analysis
import Pprof
import PprofOperations
import Testing

@testable import lab

struct PprofFlagsTests {
  @Test("one dash or two, the value after = or next, flags also after the files")
  func spellings() throws {
    for arguments in [
      ["-top", "-focus=a=b", "-nodecount=3", "-trim=false", "x.pb.gz"],
      ["--top", "--focus", "a=b", "-nodecount", "3", "--trim=0", "x.pb.gz"],
      ["x.pb.gz", "-top=true", "-focus", "a=b", "--nodecount=3", "-trim=F"],
    ] {
      let request = try PprofRequest(arguments: arguments)
      #expect(request.kind == .top)
      #expect(request.options.filters.focus == "a=b")
      #expect(request.options.nodeCount == 3)
      #expect(!request.options.trim)
      #expect(request.sources == ["x.pb.gz"])
    }
    #expect(try PprofRequest(arguments: ["--", "-top", "-"]).sources == ["-top", "-"])
    #expect(try PprofRequest(arguments: ["x"]).kind == .text)
    #expect(try PprofRequest(arguments: ["-text=false", "-tree", "x"]).kind == .tree)
    #expect(try PprofRequest(arguments: ["-h"]).help)
  }

  @Test("flags that exclude each other")
  func choices() throws {
    let request = try PprofRequest(arguments: ["-lines", "-cum", "-peek=main", "x"])
    #expect(request.options.granularity == .lines)
    #expect(request.options.sort == .cum)
    #expect(request.kind == .peek)
    #expect(request.peek == "main")
  }

  @Test("old names of values")
  func sampleTypes() throws {
    #expect(try PprofRequest(arguments: ["-inuse_objects", "x"]).options.sampleIndex == "inuse_objects")
    let mean = try PprofRequest(arguments: ["-mean_delay", "x"])
    #expect(mean.options.sampleIndex == "delay")
    #expect(mean.options.mean)
    let both = try PprofRequest(arguments: ["-sample_index=1", "-contentions", "x"])
    #expect(both.options.sampleIndex == "1")
    #expect(both.notices == ["Multiple value selections, ignoring -contentions"])
  }

  @Test(
    "bad usage",
    arguments: [
      ([], .noSource), (["-nonsense", "x"], .unknown("nonsense")), (["-gv", "x"], .absent("gv")),
      (["-focus"], .missingValue("focus")),
      (["-nodecount=many", "x"], .badValue("many", flag: "nodecount")),
      (["-trim=maybe", "x"], .badValue("maybe", flag: "trim")), (["-top", "-tree", "x"], .severalReports),
      (["-top", "-peek=a", "x"], .severalReports), (["-lines", "-files", "x"], .conflict(["files", "lines"])),
      (["-cum", "-flat", "x"], .conflict(["cum", "flat"])), (["-base=a", "-diff_base=b", "x"], .severalBases),
      (["-normalize", "x"], .noBase), (["-flame", "-svg", "x"], .severalReports),
      (["-flame", "-mean", "x"], .conflict(["flame", "mean"])),
      (["-seconds=soon", "x"], .badValue("soon", flag: "seconds")),
    ] as [([String], PprofFlagError)])
  func errors(_ arguments: [String], _ expected: PprofFlagError) {
    #expect(throws: expected) { try PprofRequest(arguments: arguments) }
  }

  @Test("every report has a flag, and the help names every flag")
  func help() {
    for kind in ReportKind.allCases { #expect(PprofFlag.named[kind.rawValue] != nil) }
    for granularity in Granularity.allCases { #expect(PprofFlag.named[granularity.rawValue] != nil) }
    for name in PprofFlag.named.keys { #expect(PprofFlag.usage.contains("  -\(name)")) }
  }
}
