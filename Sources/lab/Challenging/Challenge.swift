import Analysis
import Foundation
import Profiling
import ScenarioRunning
import Yams

/// A small program with a fault for the reader to mend, and how what they make of it is judged.
///
/// It lies in a folder of its own, `Challenges/ID`: `challenge.yml` says all that is told of it, `Attempt.swift` is what the
/// reader gets, `Solution.swift` how it may be mended, `Given.swift` the world that it uses and cannot change, `Harness.swift`
/// what runs it. The last two are not the reader's.
struct Challenge: Sendable {
  /// The folder's name.
  let id: String
  let title: String
  /// The number of the lesson that it belongs to, e.g. `4` or `2b`.
  let lesson: String
  /// How hard it is, from 1 to 3.
  let level: Int
  /// Who calls, the symptom, what is asked: Markdown.
  let story: String
  /// What one would look at first, and the figure of it that is shown before and after.
  let profile: ProfileKind
  let figure: String
  /// What it is run with, besides a seed that is drawn for each verdict.
  let parameters: [String: Int]
  /// How many processors it takes to tell a mended program from one that is not.
  let processors: Int
  /// By how much of themselves the parameters are varied from verdict to verdict, so that no answer is known beforehand.
  let spread: Double
  let judgements: [Judgement]
  /// Each says more than the one before: Markdown.
  let hints: [String]
  /// Why the fault was there, what the profile showed of it, where it was met: Markdown, for who has passed.
  let explanation: String

  /// Where all challenges are.
  static var root: String { Workspace.path("Challenges") }
  /// Where this one is.
  let folder: String

  /// The text of one of its files; nil if it has none of the name.
  func file(_ name: String) -> String? { try? String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8) }

  /// All challenges, in the order of their lessons.
  /// - Throws: a `LabError` that names the file and what is wrong with it.
  static func all() throws -> [Challenge] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
    return try names.filter { FileManager.default.fileExists(atPath: "\(root)/\($0)/challenge.yml") }
      .map { try Challenge(named: $0, in: root) }.sorted { ($0.order, $0.level, $0.id) < ($1.order, $1.level, $1.id) }
  }

  /// The number of the lesson, where the letters of `2b` come after `2`.
  var order: Double {
    let digits = lesson.prefix { $0.isNumber }
    return (Double(digits) ?? 0) + (lesson.count > digits.count ? 0.5 : 0)
  }

  /// The challenge of a name.
  /// - Throws: a `LabError` that says which there are.
  static func named(_ name: String) throws -> Challenge {
    // The name comes from a command or a page: it is looked for among those there are.
    let all = try all()
    guard let found = all.first(where: { $0.id == name }) else {
      throw LabError.usage("no challenge '\(name)'; there are: \(all.map(\.id).joined(separator: ", "))")
    }
    return found
  }

  /// The challenge whose folder is below another.
  init(named id: String, in root: String) throws {
    let path = "\(root)/\(id)/challenge.yml"
    do {
      let text = try String(contentsOfFile: path, encoding: .utf8)
      try self.init(id: id, "\(root)/\(id)", YAMLDecoder().decode(ChallengeFile.self, from: text))
    } catch { throw LabError.failed("\(Workspace.relative(path)): \(error)") }
  }

  private init(id: String, _ folder: String, _ file: ChallengeFile) throws {
    guard let kind = ProfileKind.named(file.profile) else {
      throw LabError.failed("there is no kind of profile '\(file.profile)'")
    }
    guard file.hints.count == 3 else { throw LabError.failed("it has \(file.hints.count) hints; three are needed") }
    (self.id, self.folder) = (id, folder)
    (title, lesson, level, story) = (file.title, file.lesson, file.level ?? 1, file.story)
    processors = file.processors ?? 1
    (profile, figure) = (kind, file.figure ?? "view=\(file.view ?? "flame")")
    var parameters = file.parameters ?? [:]
    spread = file.spread ?? 0
    parameters["seed"] = nil
    self.parameters = parameters
    judgements = try file.judge.map(Judgement.init)
    (hints, explanation) = (file.hints, file.explanation)
    guard judgements.contains(where: { $0.group == .gone }) else {
      throw LabError.failed("no judgement says that the fault is gone")
    }
  }

  /// How many rounds a series of captures has, if a judgement names one of them.
  private var rounds: Int {
    judgements.compactMap { judgement -> Int? in
      if case .claim(_, let round, _) = judgement.question { round } else { nil }
    }.max() ?? 1
  }

  /// What a program that runs it is asked for. Of the scenario that its harness declares the command knows no more.
  /// - Parameter asked: How many rounds a series has; nil: as many as judgements name.
  func scenario(parameters values: [String: Int], rounds asked: Int? = nil) -> Scenario {
    let file = "\(folder)/Attempt.swift"
    return Scenario(
      id: id, title: title, question: "",
      parameters: values.map { Parameter($0.key, $0.key, standard: $0.value, range: Int.min...Int.max) },
      profiles: [profile], heapRounds: asked ?? rounds, file: file
    ) { _, _ in throw LabError.failed("a challenge is run by a program of its own") }
  }

  /// What is measured once, and shown again and again.
  var usualParameters: [String: Int] { parameters.merging(["seed": 1]) { $1 } }

  /// What a verdict is measured with: a seed that nobody knows beforehand, and sizes near those of the file.
  func drawnParameters() -> [String: Int] {
    var values = parameters.mapValues { value in
      Int((Double(value) * Double.random(in: (1 - spread)...(1 + spread))).rounded())
    }
    values["seed"] = Int.random(in: 1...1_000_000_000)
    return values
  }
}

/// `challenge.yml` as it is written.
private struct ChallengeFile: Decodable {
  var title: String
  @Word var lesson: String
  var level: Int?
  var story: String
  var profile: String
  var view: String?
  var figure: String?
  var parameters: [String: Int]?
  var processors: Int?
  var spread: Double?
  var judge: [Judgement.Written]
  var hints: [String]
  var explanation: String
}

/// Text that may be written as a number.
@propertyWrapper private struct Word: Decodable {
  var wrappedValue: String

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if let number = try? value.decode(Int.self) {
      wrappedValue = String(number)
    } else {
      wrappedValue = try value.decode(String.self)
    }
  }
}
