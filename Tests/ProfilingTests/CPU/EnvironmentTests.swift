import Foundation
import Pprof
import TestSupport
import Testing

/// Profiling a whole run by `LAB_CPUPROFILE`, with nothing in the program.
@Suite(.serialized) struct EnvironmentTests {
  @Test func aProgramThatExitsLeavesItsProfile() throws {
    let folder = try TemporaryFolder()
    let run = try ProfiledRun(
      "plain", environment: ["LAB_CPUPROFILE": folder.file("cpu-%p.pb.gz"), "LAB_CPUPROFILE_RATE": "250"])
    #expect(run.status == 0)
    #expect(run.complaint == "")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(files.count == 1)
    let name = try #require(files.first)
    #expect(name.wholeMatch(of: /cpu-[0-9]+\.pb\.gz/) != nil)
    let profile = try Profile(contentsOf: folder.file(name))
    #expect(profile.period == 4_000_000)
    let total = profile.samples.reduce(0) { $0 + $1.values[1] }
    #expect(abs(Double(total) / Double(run.fact("heavy")) - 1) <= 0.1)
    #expect(profile.samples.contains { profile.names(of: $0).contains("heavy(_:)") })
  }

  @Test(arguments: [
    (["LAB_CPUPROFILE": "/nonexistent/cpu.pb.gz"], "cannot write to /nonexistent"),
    (["LAB_CPUPROFILE": "/tmp"], "is a directory"),
    (["LAB_CPUPROFILE": "/tmp/cpu.pb.gz", "LAB_CPUPROFILE_RATE": "fast"], "LAB_CPUPROFILE_RATE is 'fast'"),
    (["LAB_CPUPROFILE": "/tmp/cpu.pb.gz", "LAB_CPUPROFILE_RATE": "1001"], "LAB_CPUPROFILE_RATE is '1001'"),
    (["LAB_CPUPROFILE": "/dev/full"], "/dev/full"),
    (["LAB_CPUPROFILE": String(repeating: "x", count: 5000)], "too long"),
  ])
  func whatIsWrongIsOneLineAndTheProgramRunsOn(environment: [String: String], complaint: String) throws {
    let run = try ProfiledRun("plain", environment: environment)
    #expect(run.status == 0)
    #expect(run.fact("heavy") > 0)
    #expect(run.complaint.contains(complaint))
    #expect(run.complaint.filter { $0 == "\n" }.count == 1)
  }

  @Test func aProgramKilledLeavesNothing() throws {
    let folder = try TemporaryFolder()
    let run = try ProfiledRun("killed", environment: ["LAB_CPUPROFILE": folder.file("cpu.pb.gz")])
    #expect(run.status == -9)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }
}
