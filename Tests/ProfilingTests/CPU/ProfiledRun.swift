import Foundation
import Pprof
import TestSupport

/// One run of the test program: what it printed, how it ended, and the profile it left.
struct ProfiledRun {
  var facts: [String: [String]] = [:]
  var profile: Profile?
  var complaint = ""
  var status: Int32 = 0

  /// The program beside this test.
  static var program: String {
    URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
      .appendingPathComponent("ProfiledProgram").path
  }

  init(
    _ scenario: String, hertz: Int = 100, environment: [String: String] = [:], program: String = Self.program,
    profile path: String? = nil
  ) throws {
    let folder = try TemporaryFolder()
    let path = path ?? folder.file("cpu.pb.gz")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = [scenario, path, String(hertz)]
    // Not what profiles this test run itself.
    let inherited = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("LAB_") }
    process.environment = inherited.merging(environment) { _, new in new }
    let errors = folder.file("stderr"), output = folder.file("stdout")
    for file in [errors, output] { try Data().write(to: URL(fileURLWithPath: file)) }
    process.standardError = FileHandle(forWritingAtPath: errors)
    process.standardOutput = FileHandle(forWritingAtPath: output)
    try process.run()
    process.waitUntilExit()
    status = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    complaint = try String(contentsOfFile: errors, encoding: .utf8)
    for line in try String(contentsOfFile: output, encoding: .utf8).split(separator: "\n") {
      let words = line.split(separator: " ", maxSplits: 1)
      facts[String(words[0]), default: []].append(words.count > 1 ? String(words[1]) : "")
    }
    if FileManager.default.fileExists(atPath: path) {
      let read = try Profile(contentsOf: path)
      try read.checkValid()
      profile = read
    }
  }

  /// A number that the program printed; the sum if it did so several times.
  func fact(_ name: String) -> Int { facts[name, default: []].reduce(0) { $0 + (Int($1) ?? 0) } }

  /// CPU time in the profile, in nanoseconds, of the samples that satisfy a condition.
  func time(where condition: (Sample, [String]) -> Bool = { _, _ in true }) -> Int {
    guard let profile else { return 0 }
    return profile.samples.reduce(0) { sum, sample in
      condition(sample, profile.names(of: sample)) ? sum + Int(sample.values[1]) : sum
    }
  }

  /// CPU time of the samples under a function.
  func time(under function: String) -> Int { time { _, names in names.contains(function) } }

  /// How far a share may lie from the truth: three standard errors of so many signals.
  func tolerance(_ share: Double) -> Double {
    3 * (share * (1 - share) / Double(max(1, fact("samples")))).squareRoot()
  }
}

extension Profile {
  /// The functions of a sample, leaf first, inlined ones included.
  func names(of sample: Sample) -> [String] {
    sample.locations.flatMap { location in
      locations[location].lines.map { functions[$0.function].name }
    }
  }
}
