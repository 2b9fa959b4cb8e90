import Foundation

extension Benchmark {
  /// What a reader waits for who has a challenge judged, from the file to the verdict. The first time also what the compiler keeps
  /// of the system's headers is made, and the programs that theirs is held against.
  static let challenges = Benchmark(name: "challenges") {
    try? FileManager.default.removeItem(atPath: EditedProgram.modules)
    var rows: [Row] = []
    for challenge in try Challenge.all() {
      // The first of each challenge is also when its own programs are made.
      for (name, file, goal) in [("as one gets it", "Attempt.swift", 30.0), ("mended", "Solution.swift", 10)] {
        let folder = "\(Workspace.scratch)/challenges/bench"
        func seconds() throws -> Double {
          let began = ContinuousClock.now
          let check = ChallengeCheck(challenge: challenge, attempts: Attempts(folder: folder))
          guard let text = challenge.file(file), try check.run(text).verdict.hasPassed == (name == "mended") else {
            throw LabError.cannotMeasure("\(challenge.id)/\(file) is not judged as it should be")
          }
          return (ContinuousClock.now - began) / .seconds(1)
        }
        defer { try? FileManager.default.removeItem(atPath: folder) }
        if rows.isEmpty {
          rows.append(
            Row(name: "challenges: the first verdict of all", value: try seconds(), unit: "s", goal: .atMost(30)))
        }
        rows.append(
          Row(name: "challenges: \(challenge.id) \(name)", value: try seconds(), unit: "s", goal: .atMost(goal)))
      }
    }
    return rows
  }
}
