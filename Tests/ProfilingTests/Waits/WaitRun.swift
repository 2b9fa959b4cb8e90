import Foundation
import Pprof
import TestSupport

/// One run of WaitProgram: what it printed, and the profiles it left, by who held and by who waited.
struct WaitRun {
  let run: ProfiledRun
  private(set) var byWaiter: Profile?

  init(_ scenario: String, fraction: Int = 1, environment: [String: String] = [:]) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("mutex.pb.gz")
    let program = URL(fileURLWithPath: ProfiledRun.program).deletingLastPathComponent()
      .appendingPathComponent("WaitProgram").path
    run = try ProfiledRun(
      scenario, hertz: fraction, environment: environment, program: program, profile: path)
    if FileManager.default.fileExists(atPath: path + ".waiter") {
      let read = try Profile(contentsOf: path + ".waiter")
      try read.checkValid()
      byWaiter = read
    }
  }

  /// A time that the program measured, in nanoseconds.
  func truth(_ name: String) -> Double { Double(run.fact(name)) }

  /// Delay under a function of the program, by who held; of all, if no function is named.
  func delay(under function: String? = nil) -> Double { run.profile?.delay(under: function) ?? 0 }
}

extension Profile {
  /// The sum of a value over the samples that have a function whose name begins so; over all, if none is named.
  func sum(_ value: Int, under function: String?) -> Double {
    samples.reduce(0) { sum, sample in
      let counts = function.map { function in names(of: sample).contains { $0.hasPrefix(function) } } ?? true
      return counts ? sum + Double(sample.values[value]) : sum
    }
  }
  func contentions(under function: String? = nil) -> Double { sum(0, under: function) }
  func delay(under function: String? = nil) -> Double { sum(1, under: function) }
}

/// What is systematic shows in every one of three runs; a machine under load may stop a thread between its look at the
/// clock and the profiler's.
func inOneOfThreeRuns(_ attempt: () throws -> [String]) rethrows -> [String] {
  var misses: [String] = []
  for _ in 0..<3 {
    misses = try attempt()
    if misses.isEmpty { break }
  }
  return misses
}

/// What to say if a measured figure is further from the truth than a share of it; nothing if it is not.
func miss(_ what: String, _ measured: Double, _ truth: Double, within share: Double) -> [String] {
  truth > 0 && abs(measured / truth - 1) <= share ? [] : ["\(what): \(measured), truly \(truth)"]
}
