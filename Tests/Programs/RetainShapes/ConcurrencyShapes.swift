// Cycles that run through tasks, actors and streams.
import Synchronization

/// Tasks that have not come to their last suspension yet.
let tasksOnTheWay = Atomic<Int>(0)

final class Poller: @unchecked Sendable {
  var task: Task<Void, Never>?
  var continuation: CheckedContinuation<Void, Never>?
  func start() {
    tasksOnTheWay.add(1, ordering: .relaxed)
    task = Task { [self] in
      await withCheckedContinuation { continuation in
        self.continuation = continuation
        tasksOnTheWay.subtract(1, ordering: .relaxed)
      }
      self.task = nil
    }
  }
}

final class Feed: @unchecked Sendable {
  let stream: AsyncStream<Int>
  let continuation: AsyncStream<Int>.Continuation
  var isOpen = true
  init() { (stream, continuation) = AsyncStream.makeStream() }
  func open() { continuation.onTermination = { _ in self.isOpen = false } }
}

final class Listener: @unchecked Sendable {
  let stream: AsyncStream<Int>
  let continuation: AsyncStream<Int>.Continuation
  var task: Task<Void, Never>?
  var sum = 0
  init() { (stream, continuation) = AsyncStream.makeStream() }
  func listen() {
    tasksOnTheWay.add(1, ordering: .relaxed)
    task = Task {
      tasksOnTheWay.subtract(1, ordering: .relaxed)
      for await number in self.stream { self.sum += number }
    }
  }
}

actor Ledger {
  var onChange: (@Sendable () -> Void)?
  var total = 0
  init() {}
  nonisolated func touch() {}
}
extension Ledger {
  static func make() {
    let ledger = Ledger()
    tasksOnTheWay.add(1, ordering: .relaxed)
    Task {
      await ledger.watch()
      tasksOnTheWay.subtract(1, ordering: .relaxed)
    }
  }
  func watch() { onChange = { self.touch() } }
}

final class Loader: @unchecked Sendable {
  var task: Task<Loader, Never>?
  func load() {
    tasksOnTheWay.add(1, ordering: .relaxed)
    task = Task {
      defer { tasksOnTheWay.subtract(1, ordering: .relaxed) }
      return self
    }
  }
}

/// Its task waits for one of its own, which has a stack of its own.
final class Delegator: @unchecked Sendable {
  var task: Task<Int, Never>?
  var continuation: CheckedContinuation<Int, Never>?
  func delegate() {
    tasksOnTheWay.add(1, ordering: .relaxed)
    task = Task {
      async let answer = self.ask()
      return await answer
    }
  }
  private func ask() async -> Int {
    await withCheckedContinuation {
      continuation = $0
      tasksOnTheWay.subtract(1, ordering: .relaxed)
    }
  }
}

let concurrencyShapes = [
  Shape("finished task", ["Loader": 1], path: nil) { Loader().load() },
  Shape("task with a child", ["Delegator": 1], path: nil) { Delegator().delegate() },
  Shape("task holding self", ["Poller": 1], path: nil) { Poller().start() },
  Shape("stream continuation", ["Feed": 1], path: nil) { Feed().open() },
  Shape("task on a stream", ["Listener": 1], path: nil) { Listener().listen() },
  Shape("actor", ["Ledger": 1], path: "Ledger.onChange → closure capturing Ledger → Ledger") { Ledger.make() },
]
