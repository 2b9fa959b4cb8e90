import Pprof

/// A kind of profile: what it is called and shows, how it is recorded, and what its recordings are.
///
/// A new kind is a static value in a file of this folder, and a line in `all`. Whoever records, stores, reads or compares
/// profiles goes by this description.
public struct ProfileKind: Sendable {
  /// How recording goes along with the program's rounds of work.
  @nonexhaustive
  public enum Regime: Sendable, Hashable {
    /// Events are recorded while it is on; what was recorded outlives a pause.
    case pausable
    /// What is recorded depends on everything since the start; pausing forgets it.
    case continuous
    /// As continuous, and it must be on since the process began.
    case sinceProcessStart
  }

  /// What the rate of a kind means.
  public struct Rate: Sendable, Hashable {
    /// Its unit, e.g. `samples a second of CPU time`.
    public let unit: String
    /// The rate if none is asked for.
    public let usual: Int
    /// The rates that it takes.
    public let accepted: ClosedRange<Int>
    /// These in words, e.g. `1 to 1000 samples a second`.
    public let inWords: String

    /// A rate of the given unit.
    public init(unit: String, usual: Int, accepted: ClosedRange<Int>, inWords: String) {
      self.unit = unit
      self.usual = usual
      self.accepted = accepted
      self.inWords = inWords
    }
  }

  /// How a kind is told to leave out what is young.
  public struct Age: Sendable {
    /// The environment variable that it reads.
    public let variable: String
    /// What it takes, in words.
    public let inWords: String
    /// Whether it takes a text.
    public let accepts: @Sendable (String) -> Bool

    /// An age that is read from a variable.
    public init(variable: String, inWords: String, accepts: @escaping @Sendable (String) -> Bool) {
      self.variable = variable
      self.inWords = inWords
      self.accepts = accepts
    }
  }

  /// What a kind can be told beside its rate.
  public struct Setting: Sendable {
    /// The word by which it is asked for, e.g. `last`.
    public let name: String
    /// The environment variable that it is read from.
    public let variable: String
    /// What it takes, in words.
    public let inWords: String
    /// Whether several files are written because of it, so that their names have to have a number.
    public let writesSeveralFiles: Bool
    /// Whether it takes a text.
    public let accepts: @Sendable (String) -> Bool

    /// A setting that is read from a variable.
    public init(
      name: String, variable: String, inWords: String, writesSeveralFiles: Bool = false,
      accepts: @escaping @Sendable (String) -> Bool
    ) {
      self.name = name
      self.variable = variable
      self.inWords = inWords
      self.writesSeveralFiles = writesSeveralFiles
      self.accepts = accepts
    }
  }

  /// A way to show what a kind takes.
  public struct View: Sendable {
    /// The word by which it is asked for.
    public let name: String
    /// What it shows, in a few words.
    public let summary: String
    /// Its form, if it is not the kind's usual one.
    public let contents: (any ProfileContents.Type)?

    /// A view of the given name.
    public init(name: String, summary: String, contents: (any ProfileContents.Type)? = nil) {
      self.name = name
      self.summary = summary
      self.contents = contents
    }
  }

  /// A recording of a whole run, asked for by the environment.
  public struct WholeRun: Sendable, Hashable {
    /// In the unit of the kind's rate; 0 if it has none.
    public let rate: Int
    /// When it began, in nanoseconds since the epoch.
    public let beganAt: Int64
  }

  /// The name on the command line, in figure references and in URLs, e.g. `cpu`.
  public let name: String
  /// What else it may be asked for by. Files and variables go by its name.
  public let otherNames: [String]
  /// What it shows, in a sentence.
  public let summary: String
  /// The environment variable that asks for a profile of the whole run, in the file it names.
  public let variable: String
  /// What its rate means; nil if it has none.
  public let rate: Rate?
  /// How it leaves out what is young; nil if it does not.
  public let age: Age?
  /// The form of what it records.
  public let contents: any ProfileContents.Type
  /// The file that a recording of a whole run goes to if none is named.
  public let file: String
  /// How it goes along with the program.
  public let regime: Regime
  /// Whether a recording of a whole run can be of the moment when most was in use.
  public let hasPeak: Bool
  /// Whether its samples count what lives until somebody ends it, so that whoever compares two is told what has grown.
  public let countsWhatLives: Bool
  /// What else it can be told.
  public let settings: [Setting]
  /// The ways to show what it takes, the usual one first; none if there is but one.
  public let views: [View]
  /// Whether it can be recorded of a program only where the Swift library is a file of its own.
  public let needsSharedSwift: Bool
  /// What is missing of a program with the Swift library in its own file, which may or may not have symbols; nil: nothing.
  public let lossInStaticSwift: @Sendable (_ hasSymbols: Bool) -> String?
  /// Readies it to record at a rate of its own unit (nil: the usual one), paused.
  public let prepare: @Sendable (_ rate: Int?) throws -> Void
  /// Lets events be recorded.
  public let resume: @Sendable () throws -> Void
  /// Keeps events from being recorded.
  public let pause: @Sendable () -> Void
  /// What was recorded until now; recording goes on unless the kind is pausable, where this ends it.
  public let take: @Sendable () throws -> ProfileRecording
  /// What has been recorded so far of a whole run that goes on; nil if somebody else has it.
  public let look: @Sendable (WholeRun) throws -> ProfileRecording?
  /// What was recorded of a whole run, at its end; nil if somebody else has it. Others' recordings go on.
  public let finish: @Sendable (WholeRun) throws -> ProfileRecording?
  /// How it is captured in a program that runs.
  public let capture: ProfileCapture

  /// A kind with its steps.
  ///
  /// What has no beginning of its own, for it looks at the program once, at the end, is `take` alone.
  /// - Parameters:
  ///   - name: Lower-case letters and digits.
  ///   - otherNames: The same of each.
  ///   - variable: If it is not `LAB_<NAME>PROFILE`.
  ///   - file: If it is not the name with the suffix of the contents.
  ///   - look: If it is not what `take` gives.
  ///   - finish: If it is not what `look` gives.
  ///   - capture: If it is not what `take` gives.
  public init(
    name: String, otherNames: [String] = [], summary: String, variable: String? = nil, rate: Rate? = nil,
    age: Age? = nil, contents: any ProfileContents.Type = Profile.self, file: String? = nil,
    regime: Regime = .continuous,
    hasPeak: Bool = false, countsWhatLives: Bool = false, settings: [Setting] = [], views: [View] = [],
    needsSharedSwift: Bool = false,
    lossInStaticSwift: @escaping @Sendable (_ hasSymbols: Bool) -> String? = { _ in nil },
    prepare: @escaping @Sendable (_ rate: Int?) throws -> Void = { _ in },
    resume: @escaping @Sendable () throws -> Void = {}, pause: @escaping @Sendable () -> Void = {},
    take: @escaping @Sendable () throws -> ProfileRecording,
    look: (@Sendable (WholeRun) throws -> ProfileRecording?)? = nil,
    finish: (@Sendable (WholeRun) throws -> ProfileRecording?)? = nil, capture: ProfileCapture? = nil
  ) {
    self.name = name
    self.otherNames = otherNames
    self.summary = summary
    self.variable = variable ?? "LAB_\(name.uppercased())PROFILE"
    self.rate = rate
    self.age = age
    self.contents = contents
    self.file = file ?? name + contents.suffix
    self.regime = regime
    self.hasPeak = hasPeak
    self.countsWhatLives = countsWhatLives
    self.settings = settings
    self.views = views
    self.needsSharedSwift = needsSharedSwift
    self.lossInStaticSwift = lossInStaticSwift
    self.prepare = prepare
    self.resume = resume
    self.pause = pause
    self.take = take
    let look = look ?? { _ in try take() }
    self.look = look
    self.finish = finish ?? look
    self.capture = capture ?? ProfileCapture { _ in try take() }
  }

  /// The environment variable that asks for another view than the usual one.
  public var viewVariable: String { "LAB_\(name.uppercased())_VIEW" }

  /// Every kind this build can record; the first is what is recorded if nothing else is said.
  public static let all: [ProfileKind] = [
    cpu, heap, allocs, leaks, task, taskleak, waitfor, block, mutex, threadcreate, trace, custom,
  ]

  /// The kind of the given name, or one of its other names, if there is one.
  public static func named(_ name: String) -> ProfileKind? {
    all.first { $0.name == name || $0.otherNames.contains(name) }
  }

  /// The form of what is recorded for a view; of the usual one, if it has none of that name.
  public func contents(ofView name: String?) -> any ProfileContents.Type {
    views.first { $0.name == name }?.contents ?? contents
  }
}
