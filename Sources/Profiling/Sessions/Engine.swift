/// What the C half has one of in a process and several may use at once: the sampler, the table of allocations.
///
/// Its functions are called under the sessions' lock.
protocol Engine {
  /// What a session asks of it, such as a rate.
  associatedtype Request: Sendable
  /// A session's part of what it records.
  associatedtype Part: SessionPart

  /// What errors call it.
  static var profiler: Profiler { get }
  /// The number of its run; 0: it does not run. Runs that follow one another have different numbers.
  static var run: Int { get }
  /// Starts it and gives its first session a part; nil if it runs already.
  static func start(_ request: Request) throws(ProfilingError) -> Part?
  /// A part for a session that comes later. It is called while the tables are held.
  static func join(_ request: Request, environmentRuns: Bool) throws(ProfilingError) -> Part
  /// The part of the environment, which began before the program.
  static func partOfEnvironment() -> Part
  /// Stops it; what was recorded stays readable until the next start.
  static func stop()
  /// Has the tables stay as they are while `body` runs; false if there is nothing to hold, then it does not run.
  static func hold(_ body: () -> Void) -> Bool
  /// Records nothing at all until `wake`, and loses nothing by it; false if it cannot.
  static func suspend() -> Bool
  static func wake()
  /// What is to be done when a part has ended and others go on.
  static func left(by part: Part, others: [Part])
}

extension Engine {
  static func hold(_ body: () -> Void) -> Bool {
    body()
    return true
  }
  static func suspend() -> Bool { false }
  static func wake() {}
  static func left(by part: Part, others: [Part]) {}
}

/// A session's part of what an engine records: from its beginning to its end, without the pauses.
protocol SessionPart {
  /// Whether what is recorded counts.
  var isOpen: Bool { get }
  /// Lets what is recorded from now on count. Does nothing if it does already.
  mutating func open()
  /// Lets what is recorded from now on count no more. Does nothing if it does not.
  mutating func close()
}
