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
  public internal(set) var heapRounds: Int
  /// Whether a round of its faulty variant never ends, and all its threads come to rest: that is when it is captured.
  public let comesToRest: Bool
  /// Whether it is a server that is asked for its CPU time while it runs, at the address that `DebugServer` has for that.
  public let isAskedWhileItRuns: Bool
  /// How much of a trace is published, from its start on; nil: all of it. Runs are recorded whole.
  public let publishedTrace: Duration?
  /// The source files that decide what it measures, as paths of this machine.
  public let sources: [String]
  /// Makes the program: inputs are generated here, outside of what is measured.
  public let program: @Sendable (Variant, Arguments) throws -> Program

  /// A scenario; `file` is its own source file, `alsoUses` names further files beside it.
  public init(
    id: String, title: String, question: String, parameters: [Parameter] = [], profiles: [ProfileKind],
    heapRounds: Int = 1, comesToRest: Bool = false, isAskedWhileItRuns: Bool = false, publishedTrace: Duration? = nil,
    alsoUses: [String] = [], file: String = #filePath,
    program: @escaping @Sendable (Variant, Arguments) throws -> Program
  ) {
    let folder = file.prefix(upTo: file.lastIndex(of: "/") ?? file.startIndex)
    self.init(
      id: id, title: title, question: question, parameters: parameters, profiles: profiles, heapRounds: heapRounds,
      comesToRest: comesToRest, isAskedWhileItRuns: isAskedWhileItRuns, publishedTrace: publishedTrace,
      sources: [file] + alsoUses.map { "\(folder)/\($0)" }, program: program)
  }

  private init(
    id: String, title: String, question: String, parameters: [Parameter], profiles: [ProfileKind], heapRounds: Int,
    comesToRest: Bool, isAskedWhileItRuns: Bool, publishedTrace: Duration?, sources: [String],
    program: @escaping @Sendable (Variant, Arguments) throws -> Program
  ) {
    precondition(!comesToRest || heapRounds == 1, "a round that never ends has no other after it")
    self.id = id
    self.title = title
    self.question = question
    self.parameters = parameters
    self.profiles = profiles
    self.heapRounds = heapRounds
    self.comesToRest = comesToRest
    self.isAskedWhileItRuns = isAskedWhileItRuns
    self.publishedTrace = publishedTrace
    self.sources = sources
    self.program = program
  }

  /// The same program with another standard value of a parameter, as a scenario of its own: it has captures, and so an
  /// exercise that changes the parameter has an answer that was measured.
  ///
  /// - Parameter profiles: What the answer is seen by.
  public func with(
    _ parameter: String, _ value: Int, id: String, title: String, question: String, profiles: [ProfileKind]
  ) -> Scenario {
    let parameters = parameters.map {
      $0.name == parameter ? Parameter($0.name, $0.summary, standard: value, range: $0.range) : $0
    }
    return Scenario(
      id: id, title: title, question: question, parameters: parameters, profiles: profiles, heapRounds: heapRounds,
      comesToRest: comesToRest, isAskedWhileItRuns: isAskedWhileItRuns, publishedTrace: publishedTrace,
      sources: sources, program: program)
  }

  /// The two forms of a scenario.
  public enum Variant: String, Sendable, CaseIterable, Codable {
    /// Code a good engineer could have written, with the fault in it.
    case faulty
    /// What a good engineer would do about it.
    case fixed
  }
}

extension Scenario {
  /// The kinds of all its captures, the rounds of a series counted.
  public var captureKinds: [String] { profiles.flatMap(captureKinds) }

  /// The kinds of the captures that one profile makes: `heap`, or `heap-1`, `heap-2`, … for a series.
  public func captureKinds(of kind: ProfileKind) -> [String] {
    guard kind.regime == .continuous, heapRounds > 1 else { return [kind.name] }
    return (1...heapRounds).map { "\(kind.name)-\($0)" }
  }
}
