import Platform

/// Tasks whose continuation is gone.
func plantForgotten() {
  plant("lost unsafe continuation") { name in Task(name: name) { await park() } }
  plant("lost checked continuation") { name in
    Task(name: name) { await withCheckedContinuation { (_: CheckedContinuation<Void, Never>) in } }
  }
  plant("lost detached") { name in Task.detached(name: name) { await park() } }
  plant("lost on the main actor") { name in
    Task { @MainActor in
      planted["lost task of another", default: 0] += 1
      Task(name: "lost task of another") { await park() }
      Task(name: name) { @MainActor in await park() }
    }
  }
  plant("lost with handler that was told", 2) { name in
    let task = Task(name: name) { await parkUntilTold() }
    cancelled.append(task)
    task.cancel()
  }
  plant("lost cycle with a box") { name in
    let box = HandleBox()
    box.handle = Task(name: name) {
      await park()
      box.handle?.cancel()
    }
  }
  plant("lost ring of boxes") { name in
    let first = HandleBox(), second = HandleBox()
    first.other = second
    second.other = first
    first.handle = Task(name: name) {
      await park()
      second.handle?.cancel()
    }
  }
  plant("lost continuation in a lost box") { name in
    let box = ContinuationBox()
    // On a thread of the pool the box's address would be left in frames of functions that run there later.
    Task(name: name, executorPreference: ExecutorOnTheSpot()) {
      await withUnsafeContinuation { box.continuation = $0 }
      box.continuation?.resume()
    }
  }
}

nonisolated(unsafe) var cancelled: [Handle] = []

final class HandleBox: @unchecked Sendable {
  var handle: Handle?
  var other: HandleBox?
}

// MARK: - Handles

nonisolated(unsafe) var handles: [Handle] = []
nonisolated(unsafe) var cancellers: [() -> Void] = []
nonisolated(unsafe) var byNumber: [Int: Handle] = [:]
nonisolated(unsafe) var service = Service()
nonisolated(unsafe) var anything: [Any] = []
nonisolated(unsafe) var theHandle: Handle?
nonisolated(unsafe) var theCanceller: (() -> Void)?
let register = Register()

final class Service {
  struct State {
    var name = "state"
    var handle: Handle?
    var pair: (Int, Handle?) = (0, nil)
    var choice = Choice.none
  }
  enum Choice {
    case none, started(Handle), named(String, Handle)
  }
  var states: [State] = []
  var state = State()
}

actor Register {
  private var handle: Handle?
  func fill(_ name: String) { handle = Task(name: name) { await park() } }
}

/// Tasks that wait for what is gone, and whose handles are kept.
func plantHandles() {
  plant("lost handle in an array") { name in handles.append(Task(name: name) { await park() }) }
  plant("alive handle in an array, with handler") { name in
    handles.append(Task(name: name) { await parkUntilCancelled() })
  }
  plant("alive handle of a parent whose child has a handler") { name in
    handles.append(
      Task(name: name) {
        await withTaskGroup(of: Void.self) { group in
          group.addTask { await parkUntilTold() }
          await group.waitForAll()
        }
      })
  }
  plant("lost handle in closures") { name in
    let task = Task(name: name) { await park() }
    cancellers.append { task.cancel() }
  }
  plant("alive handle in closures, with handler") { name in
    let task = Task(name: name) { await parkUntilTold() }
    cancellers.append { task.cancel() }
  }
  plant("lost handle in closures beside others") { name in
    let task = Task(name: name) { await park() }
    cancellers.append { [name] in
      print(name)
      task.cancel()
    }
  }
  plant("lost handle in a dictionary") { name in byNumber[byNumber.count] = Task(name: name) { await park() } }
  plant("lost handle in a struct", 1) { name in service.state.handle = Task(name: name) { await park() } }
  plant("lost handle in a tuple", 1) { name in service.state.pair.1 = Task(name: name) { await park() } }
  plant("lost handle in an enum", 1) { name in service.state.choice = .started(Task(name: name) { await park() }) }
  plant("lost handle in an enum beside others") { name in
    service.states.append(Service.State(choice: .named(name, Task(name: name) { await park() })))
  }
  plant("lost handle in an actor", 1) { name in Task { await register.fill(name) } }
  plant("lost handle in Any") { name in anything.append(Task(name: name) { await park() }) }
  plant("lost handle in a variable", 1) { name in theHandle = Task(name: name) { await park() } }
  plant("lost handle in a function variable", 1) { name in
    let task = Task(name: name) { await park() }
    theCanceller = { task.cancel() }
  }
}

// MARK: - Tasks that wait for tasks

/// Parents, children and waiters.
func plantFamilies() {
  plant("lost parent of async let") { name in
    planted["lost waits for lost", default: 0] += 1
    let task = Task(name: name) {
      async let child: Void = park()
      await child
    }
    Task(name: "lost waits for lost") { await task.value }
  }
  planted[unnamed] = 3
  plant("lost parent of a group") { name in
    planted["lost child of a group", default: 0] += 2
    Task(name: name) {
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<2 { group.addTask(name: "lost child of a group") { await park() } }
        await group.waitForAll()
      }
    }
  }
  plant("lost parent that waits for itself") { name in
    planted["alive child that sleeps", default: 0] += 1
    Task(name: name) {
      await withTaskGroup(of: Void.self) { group in
        group.addTask(name: "alive child that sleeps") { try? await Task.sleep(for: .seconds(3600)) }
        await park()
      }
    }
  }
  plant("lost chain") { name in
    planted[name, default: 0] += 3
    let first = Task(name: name) { await park() }
    let second = Task(name: name) { await first.value }
    for _ in 0..<2 { Task(name: name) { await second.value } }
  }
  plant("alive chain") { name in
    planted[name, default: 0] += 2
    let first = Task(name: name) { try? await Task.sleep(for: .seconds(3600)) }
    let second = Task(name: name) { await first.value }
    Task(name: name) { await second.value }
  }
  plant("alive parent of a group") { name in
    planted["alive child of a group", default: 0] += 1
    planted["lost child beside a living one", default: 0] += 1
    Task(name: name) {
      await withTaskGroup(of: Void.self) { group in
        group.addTask(name: "alive child of a group") { try? await Task.sleep(for: .seconds(3600)) }
        group.addTask(name: "lost child beside a living one") { await park() }
        await group.waitForAll()
      }
    }
  }
}
