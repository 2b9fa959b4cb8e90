/// What happened in a program, event by event, in the order of time.
public struct Trace: Sendable {
  /// When it began, in nanoseconds since the epoch, by the wall clock.
  public internal(set) var start: Int64 = 0
  /// From its start to its last event or its end, in nanoseconds.
  public internal(set) var duration: Int64 = 0
  /// What its times were read from, in words.
  public internal(set) var clock = ""
  /// How many processors the program could use; 0 if that is not known.
  public internal(set) var processors = 0
  /// The program's path.
  public internal(set) var program = ""
  /// What it was called with, without its name; empty, too, if that is not known.
  public internal(set) var arguments: [String] = []
  /// The version of the format that it was recorded in.
  public internal(set) var version = 1

  /// Threads, by the number that events have of them.
  public internal(set) var threads: [TraceThread] = []
  /// Executors; the first is the common pool.
  public internal(set) var executors: [TraceExecutor] = [TraceExecutor(.global)]
  /// Stacks; the first stands for none.
  public package(set) var stacks: [TraceStack] = [TraceStack()]
  /// Names, categories and messages; the first is empty.
  public internal(set) var texts: [String] = [""]
  /// Label sets; the first is empty.
  public internal(set) var labelSets: [[TraceLabel]] = [[]]
  /// The files that addresses lie in.
  public internal(set) var modules: [TraceModule] = []
  /// What is missing, and where the file ends before the trace did.
  public internal(set) var losses: [TraceLoss] = []

  var source = TraceEvents.Source.listed([])

  init() {}

  /// The events in the order of time; of those of one time and thread in the order in which they happened.
  ///
  /// They are read anew each time: a trace is larger in memory than in its file.
  public func events() -> TraceEvents { TraceEvents(source: source) }
}
