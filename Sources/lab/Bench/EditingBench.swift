import Foundation
import SiteGenerator

extension Benchmark {
  /// What a reader waits for who edits code in the page: compiled, recorded, drawn. The first time also what the
  /// compiler keeps of the system's headers is made.
  static let editing = Benchmark(name: "editing") {
    let sort = Edited(
      figure: "merge-sort/faulty/trace?view=timeline", region: "task-for-every-half", of: "MergeSort",
      words: "numbers.count < 2", others: "numbers.count < 3")
    let decode = Edited(
      figure: "kafka-decode/faulty/cpu?view=flame", region: "eager", of: "KafkaDecode",
      words: "for _ in 0..<count {", others: "values.reserveCapacity(count)\n    for _ in 0..<count {")
    try? FileManager.default.removeItem(atPath: EditedProgram.modules)
    return [
      Row(name: "editing: the sort, first cycle", value: try sort.seconds(), unit: "s", goal: .atMost(30)),
      Row(name: "editing: the sort, the next", value: try sort.seconds(), unit: "s", goal: .atMost(10)),
      Row(name: "editing: decoding, a CPU profile", value: try decode.seconds(), unit: "s", goal: .atMost(10)),
    ]
  }
}

/// An edit of a lesson's code.
private struct Edited {
  let figure: String
  let source: SourceReference
  let words: String
  let others: String

  init(figure: String, region: String, of file: String, words: String, others: String) {
    source = SourceReference(file: "Sources/Scenarios/\(file).swift", region: region)
    (self.figure, self.words, self.others) = (figure, words, others)
  }

  /// From the press of the button to the figure.
  func seconds() throws -> Double {
    let text = try SourceRegions.region(source).text.replacing(words, with: others)
    let began = ContinuousClock.now
    let run = try FigureRun(figure: figure, parameters: [:], edit: EditedRegion(source, text: text))
    guard case .drawn = try run.run(onStep: { _ in }) else {
      throw LabError.cannotMeasure("\(source.file) does not compile when it is edited")
    }
    return (ContinuousClock.now - began) / .seconds(1)
  }
}
