import Synchronization
import TestSupport
import Testing

@testable import Profiling

/// The state machine, on an engine that only counts.
@Suite(.serialized) struct SessionsTests {
  private let sessions = Sessions<Counter>()
  init() { Counter.reset() }

  private func count(_ owner: SessionOwner) throws -> Int { try sessions.end(owner, \.counted) }

  @Test func theFirstStartsAndTheLastStops() throws {
    try sessions.begin(.program, 7)
    let other = sessions.newRecording()
    try sessions.begin(other, 9)
    #expect(Counter.now == Counter.State(run: 1, rate: 7, starts: 1))
    _ = try count(.program)
    #expect(Counter.now.stops == 0)
    _ = try count(other)
    #expect(Counter.now.stops == 1)
  }

  @Test func whoeverHasOneGetsNoSecondAndWhoeverHasNoneEndsNothing() throws {
    #expect(throws: ProfilingError.notRunning(Counter.profiler)) { try count(.program) }
    try sessions.begin(.program, 1)
    #expect(throws: ProfilingError.alreadyRunning(Counter.profiler)) { try sessions.begin(.program, 1) }
    let token = sessions.newRecording()
    #expect(throws: ProfilingError.notRunning(Counter.profiler)) { try count(token) }
    try sessions.begin(token, 1)
    _ = try count(token)
    #expect(throws: ProfilingError.notRunning(Counter.profiler)) { try count(token) }
    #expect(sessions.with(.program) { _ in true } == true)
    #expect(sessions.with(token) { _ in true } == nil)
    _ = try count(.program)
  }

  @Test func whatIsRefusedLeavesEverythingAsItWas() throws {
    #expect(throws: ProfilingError.noThread) { try sessions.begin(.program, -1) }
    #expect(Counter.now.run == 0)
    try sessions.begin(.program, 1)
    #expect(throws: ProfilingError.noMaps) { try sessions.begin(.detector, -1) }
    #expect(sessions.with(.detector) { _ in true } == nil)
    Counter.tick(3)
    #expect(try count(.program) == 3)
  }

  /// The environment's run goes on when the program's sessions have ended, and the other way round.
  @Test func theEnvironmentBeganBefore() throws {
    Counter.begin()
    Counter.tick(5)
    try sessions.begin(.program, 1)
    Counter.tick(2)
    #expect(try count(.program) == 2)
    #expect(Counter.now.stops == 0)
    try sessions.begin(.program, 1)
    Counter.tick(1)
    #expect(try count(.environment) == 8)
    Counter.tick(1)
    #expect(Counter.now.stops == 0)
    #expect(try count(.program) == 2)
    #expect(Counter.now.stops == 1)
  }

  @Test func theEnvironmentsIsWholeThoughNobodyElseCame() throws {
    Counter.begin()
    Counter.tick(5)
    #expect(try count(.environment) == 5)
    #expect(Counter.now.stops == 1)
  }

  /// As after a fork: the run is over, and its sessions with it.
  @Test func sessionsOfARunThatIsOverAreForgotten() throws {
    try sessions.begin(.program, 1)
    Counter.reset()
    #expect(throws: ProfilingError.notRunning(Counter.profiler)) { try count(.program) }
    try sessions.begin(.program, 1)
    _ = try count(.program)
  }

  @Test func aPauseOfTheOnlySessionIsTheEngines() throws {
    try sessions.begin(.program, 1)
    Counter.tick(1)
    sessions.pause(.program)
    sessions.pause(.program)
    #expect(Counter.now.isSuspended)
    sessions.resume(.program)
    #expect(!Counter.now.isSuspended)
    sessions.pause(.program)
    // Somebody comes, and what is recorded for them is not the other's.
    let other = sessions.newRecording()
    try sessions.begin(other, 1)
    #expect(!Counter.now.isSuspended)
    Counter.tick(10)
    sessions.resume(.program)
    Counter.tick(100)
    #expect(try count(other) == 110)
    #expect(try count(.program) == 101)
  }

  @Test func aPausedSessionThatIsTheLastGoesOn() throws {
    let other = sessions.newRecording()
    try sessions.begin(.program, 1)
    try sessions.begin(other, 1)
    sessions.pause(.program)
    _ = try count(other)
    sessions.pause(.program)
    sessions.resume(.program)
    Counter.tick(3)
    #expect(try count(.program) == 3)
  }

  @Test func endingASuspendedSessionStopsTheEngine() throws {
    try sessions.begin(.program, 1)
    Counter.tick(4)
    sessions.pause(.program)
    #expect(try count(.program) == 4)
    #expect(Counter.now.stops == 1)
    try sessions.begin(.program, 1)
    sessions.pause(.program)
    #expect(Counter.now.isSuspended)
    sessions.resume(.program)
    _ = try count(.program)
  }

  /// Any number of windows, beginning, pausing, going on and ending as chance has it, against what each should have.
  @Test(arguments: 0..<20) func everyWindowHasItsOwnPart(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed) &+ 1)
    var truth: [SessionOwner: (count: Int, isOpen: Bool)] = [:]
    for _ in 0..<400 {
      let step = Int.random(in: 1...9, using: &random)
      if !truth.isEmpty, truth.values.contains(where: \.isOpen) {
        Counter.tick(step)
        for owner in truth.keys where truth[owner]?.isOpen == true { truth[owner]?.count += step }
      }
      let owner = truth.keys.sorted { "\($0)" < "\($1)" }.randomElement(using: &random)
      switch (Int.random(in: 0..<5, using: &random), owner) {
      case (0, _), (_, nil):
        let new = sessions.newRecording()
        try sessions.begin(new, 1)
        truth[new] = (0, true)
      case (1, let owner?):
        sessions.pause(owner)
        truth[owner]?.isOpen = false
      case (2, let owner?), (3, let owner?):
        sessions.resume(owner)
        truth[owner]?.isOpen = true
      case (_, let owner?):
        #expect(try count(owner) == truth.removeValue(forKey: owner)?.count)
      }
    }
    for (owner, expected) in truth { #expect(try count(owner) == expected.count) }
    #expect(Counter.now.run == 0)
  }
}

/// An engine whose table is one number.
private enum Counter: Engine {
  struct State: Equatable {
    var run = 0
    var rate = 0
    var starts = 0
    var stops = 0
    var isSuspended = false
  }
  struct Part: SessionPart {
    var isOpen = true
    var counted = 0

    mutating func open() {
      if !isOpen { counted -= Counter.value.load(ordering: .relaxed) }
      isOpen = true
    }
    mutating func close() {
      if isOpen { counted += Counter.value.load(ordering: .relaxed) }
      isOpen = false
    }
  }

  private static let state = Mutex(State())
  static let value = Atomic(0)
  static let profiler = Profiler("counter")
  static var now: State { state.withLock { $0 } }
  static var run: Int { now.run }

  static func reset() { state.withLock { $0 = State() } }
  static func tick(_ count: Int) { if !now.isSuspended { value.add(count, ordering: .relaxed) } }

  /// As the environment does.
  static func begin() {
    value.store(0, ordering: .relaxed)
    state.withLock { state in
      state.starts += 1
      state.run = state.starts
    }
  }

  static func start(_ rate: Int) throws(ProfilingError) -> Part? {
    guard run == 0 else { return nil }
    guard rate >= 0 else { throw .noThread }
    begin()
    state.withLock { $0.rate = rate }
    return Part()
  }
  static func join(_ rate: Int, environmentRuns: Bool) throws(ProfilingError) -> Part {
    guard rate >= 0 else { throw .noMaps }
    return Part(counted: -value.load(ordering: .relaxed))
  }
  static func partOfEnvironment() -> Part { Part() }
  static func stop() {
    state.withLock { state in
      state.run = 0
      state.stops += 1
      state.isSuspended = false
    }
  }
  static func suspend() -> Bool {
    state.withLock { $0.isSuspended = true }
    return true
  }
  static func wake() { state.withLock { $0.isSuspended = false } }
}
