import Profiling

/// A small real program with one fault, its fix, and what is known about it beforehand.
///
/// A scenario does the same bounded work in every *round*, so that rounds with the profiler on and rounds with it off
/// can be interleaved and compared. Both variants must give the same output; the runner checks it.
public struct Scenario: Sendable, Identifiable {
  /// The name on the command line and in figure references, e.g. `kafka-decode`.
  public let id: String
  /// One line for lists.
  public let title: String
  /// What the reader is asked to predict before seeing the profile.
  public let question: String
  /// What can be set with `--set name=value`.
  public let parameters: [Parameter]
  /// The profiles its lesson shows, the first being the default.
  public let profiles: [ProfileKind]
  /// How many rounds a heap capture covers, with a snapshot after each if there are several.
  public let heapRounds: Int
  /// The source files that decide what it measures, as paths of this machine.
  public let sources: [String]
  /// Makes the program: inputs are generated here, outside of what is measured.
  public let program: @Sendable (Variant, Arguments) throws -> Program

  /// A scenario; `file` is its own source file, `alsoUses` names further files beside it.
  public init(
    id: String, title: String, question: String, parameters: [Parameter] = [], profiles: [ProfileKind],
    heapRounds: Int = 1, alsoUses: [String] = [], file: String = #filePath,
    program: @escaping @Sendable (Variant, Arguments) throws -> Program
  ) {
    self.id = id
    self.title = title
    self.question = question
    self.parameters = parameters
    self.profiles = profiles
    self.heapRounds = heapRounds
    let folder = file.prefix(upTo: file.lastIndex(of: "/") ?? file.startIndex)
    self.sources = [file] + alsoUses.map { "\(folder)/\($0)" }
    self.program = program
  }

  /// The two forms of a scenario.
  public enum Variant: String, Sendable, CaseIterable, Codable {
    /// Code a good engineer could have written, with the fault in it.
    case faulty
    /// What a good engineer would do about it.
    case fixed
  }
}

/// A bounded integer that changes how much a scenario does.
public struct Parameter: Sendable, Hashable {
  /// The name in `--set name=value`.
  public let name: String
  /// What it counts.
  public let summary: String
  /// The value when none is given.
  public let standard: Int
  /// The values allowed.
  public let range: ClosedRange<Int>

  /// A parameter with its bounds.
  public init(_ name: String, _ summary: String, standard: Int, range: ClosedRange<Int>) {
    self.name = name
    self.summary = summary
    self.standard = standard
    self.range = range
  }
}

/// Checked values for a scenario's parameters.
public struct Arguments: Sendable {
  /// The values by name; every parameter has one.
  public let values: [String: Int]

  /// The standard values, with the given ones in their place.
  ///
  /// - Throws: `ScenarioError` for an unknown name or a value out of bounds.
  public init(_ given: [String: Int] = [:], for scenario: Scenario) throws(ScenarioError) {
    var values: [String: Int] = [:]
    for parameter in scenario.parameters { values[parameter.name] = parameter.standard }
    for (name, value) in given.sorted(by: { $0.key < $1.key }) {
      guard let parameter = scenario.parameters.first(where: { $0.name == name }) else {
        throw .unknownParameter(name, known: scenario.parameters.map(\.name))
      }
      guard parameter.range.contains(value) else {
        throw .outOfBounds(name, value: value, range: parameter.range)
      }
      values[name] = value
    }
    self.values = values
  }

  /// The value of a parameter the scenario declares; 0 for one it does not.
  public subscript(name: String) -> Int { values[name] ?? 0 }
}

/// A prepared program, ready to run rounds.
public struct Program: Sendable {
  /// Does the work once and says what came of it.
  public let round: @Sendable () async throws -> Outcome

  /// A program that does `round`.
  public init(round: @escaping @Sendable () async throws -> Outcome) { self.round = round }
}

/// What one round produced, and what is known about how it did.
public struct Outcome: Sendable, Hashable {
  /// A digest of the result; equal for every round of both variants.
  public var output: String
  /// Facts known without a profiler: counted objects, clocked shares. Later rounds are averaged.
  public var truth: [Truth]

  /// An outcome.
  public init(output: String, truth: [Truth]) {
    self.output = output
    self.truth = truth
  }
}

/// A fact about a round that a capture can be held against.
public struct Truth: Sendable, Hashable, Codable {
  /// Its name, e.g. `decode-share`.
  public var name: String
  /// Its value: a count, or a share between 0 and 1.
  public var value: Double
  /// How it was come by, in a sentence.
  public var basis: String
  /// Whether it adds up over rounds, as counts of what is left behind do; others are averaged.
  public var isTotal: Bool

  /// A fact and how it is known.
  public init(_ name: String, _ value: Double, isTotal: Bool = false, basis: String) {
    self.name = name
    self.value = value
    self.isTotal = isTotal
    self.basis = basis
  }
}

/// Why a scenario cannot run as asked.
public enum ScenarioError: Error, CustomStringConvertible {
  /// No parameter has this name.
  case unknownParameter(String, known: [String])
  /// The value lies outside the parameter's bounds.
  case outOfBounds(String, value: Int, range: ClosedRange<Int>)
  /// The program's own check of its result failed.
  case wrongResult(String)

  /// The error for people.
  public var description: String {
    switch self {
    case .unknownParameter(let name, let known):
      "no parameter '\(name)'"
        + (known.isEmpty ? "; this scenario has none" : "; there are: \(known.joined(separator: ", "))")
    case .outOfBounds(let name, let value, let range):
      "\(name)=\(value) is out of bounds: \(range.lowerBound) to \(range.upperBound)"
    case .wrongResult(let what): "the scenario's own check failed: \(what)"
    }
  }
}
