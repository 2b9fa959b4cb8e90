import Dispatch
import Platform
import Synchronization

/// Where handles and continuations may be kept, one of each in each place: who waits for what is gone is lost though its
/// handle is there, and who waits for a continuation is alive.
func plantPlaces() {
  pair("a Mutex in an object", { kept.locked.withLock { [task = $0] in $0 = task } }) { continuation in
    kept.lockedContinuation.withLock { $0 = continuation }
  }
  pair("a Mutex in a variable", { theLocked.withLock { [task = $0] in $0 = task } }) { continuation in
    theLockedContinuation.withLock { $0 = continuation }
  }
  pair("a struct in a Mutex", { theState.withLock { [task = $0] in $0.handles.append(task) } }) { continuation in
    theState.withLock { $0.continuation = continuation }
  }
  pair("a tuple in a variable", { theTuple.1 = $0 }, { theContinuationTuple.1 = $0 })
  pair("a struct in a variable", { theStruct.handle = $0 }, { theStruct.continuation = $0 })
  pair("an enum in a variable", { theEnum = .both("handle", $0) }, { theOtherEnum = .both("continuation", $0) })
  pair("an enum in an object", { kept.choice = .both("handle", $0) }, { kept.other = .both("continuation", $0) })
  pair("an indirect enum", { kept.tree = .node(.leaf, $0) }, { kept.otherTree = .node(.leaf, $0) })
  pair("a Result", { kept.result = .success($0) }, { kept.otherResult = .success($0) })
  pair("an inline array", { kept.inline[1] = $0 }, { kept.otherInline[1] = $0 })
  pair("an inline array in a variable", { theInline[2] = $0 }, { theOtherInline[2] = $0 })
  pair("a generic object", { kept.generic.value = $0 }, { kept.otherGeneric.value = $0 })
  pair("a subclass", { kept.derived.handle = $0 }, { kept.derived.continuation = $0 })
  pair("Any", { kept.anything = $0 }, { kept.otherThing = $0 })
  pair("a large Any", { kept.anything2 = Large(value: $0) }, { kept.otherThing2 = Large(value: $0) })
  pair("any Sendable in a variable", { theSendable = $0 }, { theOtherSendable = $0 })
  pair("a dictionary of texts", { kept.byName["long enough for storage"] = $0 }, { kept.otherByName["b"] = $0 })
  pair("a ContiguousArray", { kept.contiguous.append($0) }, { kept.otherContiguous.append($0) })
  pair("a slice", { kept.slice = [$0, $0][1...] }, { kept.otherSlice = [$0, $0][1...] })
  pair("an array of optionals", { kept.optionals.append($0) }, { kept.otherOptionals.append($0) })
  pair("an array of pairs", { kept.pairs.append((7, $0)) }, { kept.otherPairs.append((7, $0)) })
  pair("a ring", { kept.ring.append($0) }, { kept.otherRing.append($0) })
  pair("memory", { (handleMemory + 1).initialize(to: $0) }, { (continuationMemory + 1).initialize(to: $0) })
  pair("a closure's variable", { keepInVariable($0) }, { keepInVariable($0) })
  pair("an unmanaged object", { keepUnmanaged($0) }, { keepUnmanaged($0) })
  pair("a DispatchWorkItem", { keepInWorkItem($0) }, { keepInWorkItem($0) })
  pair("a timer", { keepInTimer($0) }, { keepInTimer($0) })
  pair("a block for later", { keepForLater($0) }, { keepForLater($0) })
  pair(
    "an actor", { task in Task { await keeper.keep(task) } },
    { continuation in Task { await keeper.keep(continuation) } })
  planted["alive sleeper with a value"] = 2
  pair("a task-local value", { keepInTaskLocal($0) }, { keepInTaskLocal($0) })
  plant("lost handle in a set", 1) { name in kept.set.insert(Task(name: name) { await park() }) }
  plant("lost handle as a key", 1) { name in kept.byHandle[Task(name: name) { await park() }] = 1 }
  plant("alive handle in a Mutex, with handler", 1) { name in
    let task = Task(name: name) { await parkUntilTold() }
    kept.lockedWithHandler.withLock { $0 = task }
  }
  plant("alive handle in a DispatchWorkItem, with handler", 1) { name in
    keepInWorkItem(Task(name: name) { await parkUntilTold() })
  }
  plant("alive checked continuation in a Mutex", 1) { name in
    Task(name: name) {
      await withCheckedContinuation { continuation in kept.checked.withLock { $0 = continuation } }
    }
  }
}

/// Tasks with a continuation in a place without a type, and as many other references as one can think of: what counts
/// handles must not take that one for a handle.
func plantContinuationsBesideHandles() {
  func plantWaiting(_ name: String, _ count: Int = 3, _ make: @escaping @Sendable (String, LockedContinuation) -> Void)
  {
    plant("alive continuation \(name)", count) { name in
      let locked = LockedContinuation()
      lockedOnes.append(locked)
      make(name, locked)
    }
  }
  plantWaiting("without a handle") { name, locked in Task(name: name) { await locked.wait() } }
  plantWaiting("of a detached task") { name, locked in Task.detached(name: name) { await locked.wait() } }
  plantWaiting("of an immediate task") { name, locked in Task.immediate(name: name) { await locked.wait() } }
  plantWaiting("of a task of the main actor") { name, locked in
    Task(name: name) { @MainActor in await locked.wait() }
  }
  plantWaiting("of a task of high priority") { name, locked in
    Task(name: name, priority: .high) { await locked.wait() }
  }
  plantWaiting("beside a handle") { name, locked in handles.append(Task(name: name) { await locked.wait() }) }
  plantWaiting("beside a hidden handle") { name, locked in
    let task = Task(name: name) { await locked.wait() }
    locked.handle.withLock { $0 = task }
  }
  plantWaiting("of a cancelled task") { name, locked in
    let task = Task(name: name) { await locked.wait() }
    handles.append(task)
    task.cancel()
  }
  plantWaiting("of a task that is awaited") { name, locked in
    let task = Task(name: name) { await locked.wait() }
    planted["alive waits for it", default: 0] += 2
    for _ in 0..<2 { Task(name: "alive waits for it", priority: .high) { await task.value } }
  }
  plantWaiting("of a parent") { name, locked in
    planted["lost child beside a continuation", default: 0] += 1
    handles.append(
      Task(name: name) {
        await withTaskGroup(of: Void.self) { group in
          group.addTask(name: "lost child beside a continuation") { await park() }
          await locked.wait()
          await group.waitForAll()
        }
      })
  }
  plantWaiting("of a child", 1) { name, locked in
    planted["alive parent of that", default: 0] += 1
    Task(name: "alive parent of that") {
      await withTaskGroup(of: Void.self) { group in
        group.addTask(name: name) { await locked.wait() }
        await group.waitForAll()
      }
    }
  }
}

nonisolated(unsafe) var lockedOnes: [LockedContinuation] = []

/// Somebody who may go on with a task, which its type does not tell.
final class LockedContinuation: Sendable {
  private let continuation = Mutex<Continuation?>(nil)
  let handle = Mutex<Handle?>(nil)
  func wait() async { await withUnsafeContinuation { keep($0) } }
  @inline(never) private func keep(_ new: Continuation) { continuation.withLock { $0 = new } }
}

/// Plants one of each.
private func pair(
  _ place: String, _ keepHandle: @escaping @Sendable (Handle) -> Void,
  _ keepContinuation: @escaping @Sendable (Continuation) -> Void
) {
  plant("lost handle in \(place)", 1) { name in keepHandle(Task(name: name) { await park() }) }
  plant("alive continuation in \(place)", 1) { name in
    Task(name: name) { await withUnsafeContinuation { keepContinuation($0) } }
  }
}

// MARK: - The places

enum Choice<Value> {
  case none, one(Value), both(String, Value), number(Int)
}
indirect enum Tree<Value> {
  case leaf, node(Tree, Value)
}
struct Large<Value> {
  var numbers = (1, 2, 3, 4)
  var value: Value
}
struct Holder {
  var name = "holder"
  var handle: Handle?
  var continuation: Continuation?
}
struct LockedState {
  var handles: [Handle] = []
  var continuation: Continuation?
}
final class Generic<Value> {
  var value: Value?
}
class Base {
  var handle: Handle?
}
final class Derived: Base {
  var continuation: Continuation?
}
final class Ring<Value>: ManagedBuffer<Int, Value> {
  func append(_ value: Value) {
    withUnsafeMutablePointers { count, elements in
      (elements + count.pointee).initialize(to: value)
      count.pointee += 1
    }
  }
}

final class Kept: @unchecked Sendable {
  let locked = Mutex<Handle?>(nil), lockedWithHandler = Mutex<Handle?>(nil)
  let lockedContinuation = Mutex<Continuation?>(nil)
  let checked = Mutex<CheckedContinuation<Void, Never>?>(nil)
  var choice = Choice<Handle>.none, other = Choice<Continuation>.none
  var tree = Tree<Handle>.leaf, otherTree = Tree<Continuation>.leaf
  var result: Result<Handle, any Error>?, otherResult: Result<Continuation, any Error>?
  var inline = InlineArray<3, Handle?>(repeating: nil), otherInline = InlineArray<3, Continuation?>(repeating: nil)
  let generic = Generic<Handle>(), otherGeneric = Generic<Continuation>()
  let derived = Derived()
  var anything: Any?, otherThing: Any?, anything2: Any?, otherThing2: Any?
  var byName: [String: Handle] = [:], otherByName: [String: Continuation] = [:]
  var contiguous: ContiguousArray<Handle> = [], otherContiguous: ContiguousArray<Continuation> = []
  var slice: ArraySlice<Handle> = [], otherSlice: ArraySlice<Continuation> = []
  var optionals: [Handle?] = [nil], otherOptionals: [Continuation?] = [nil]
  var pairs: [(Int, Handle)] = [], otherPairs: [(Int, Continuation)] = []
  let ring = unsafeDowncast(Ring<Handle>.create(minimumCapacity: 2) { _ in 0 }, to: Ring<Handle>.self)
  let otherRing = unsafeDowncast(Ring<Continuation>.create(minimumCapacity: 2) { _ in 0 }, to: Ring<Continuation>.self)
  var set: Set<Handle> = []
  var byHandle: [Handle: Int] = [:]
}

let kept = Kept()
let theLocked = Mutex<Handle?>(nil), theLockedContinuation = Mutex<Continuation?>(nil)
let theState = Mutex(LockedState())
nonisolated(unsafe) var theTuple: (Int, Handle?) = (0, nil), theContinuationTuple: (Int, Continuation?) = (0, nil)
nonisolated(unsafe) var theStruct = Holder()
nonisolated(unsafe) var theEnum = Choice<Handle>.none, theOtherEnum = Choice<Continuation>.none
nonisolated(unsafe) var theInline = InlineArray<3, Handle?>(repeating: nil)
nonisolated(unsafe) var theOtherInline = InlineArray<3, Continuation?>(repeating: nil)
nonisolated(unsafe) var theSendable: any Sendable = 0, theOtherSendable: any Sendable = 0
nonisolated(unsafe) let handleMemory = UnsafeMutablePointer<Handle>.allocate(capacity: 2)
nonisolated(unsafe) let continuationMemory = UnsafeMutablePointer<Continuation>.allocate(capacity: 2)
nonisolated(unsafe) var closures: [() -> Void] = []
nonisolated(unsafe) var unmanaged: [UnsafeMutableRawPointer] = []
nonisolated(unsafe) var workItems: [DispatchWorkItem] = []
nonisolated(unsafe) var timers: [any DispatchSourceTimer] = []

/// Ends the wait of a task, or cancels it.
protocol Endable { func end() }
extension Task: Endable where Success == Void, Failure == Never { func end() { cancel() } }
extension UnsafeContinuation: Endable where T == Void, E == Never { func end() { resume() } }

@inline(never) func keepInVariable(_ value: some Endable & Sendable) {
  var variable: (any Endable)? = value
  closures.append {
    variable?.end()
    variable = nil
  }
  closures.append { variable = nil }
}

@inline(never) func keepUnmanaged<Value>(_ value: Value) {
  let object = Generic<Value>()
  object.value = value
  unmanaged.append(Unmanaged.passRetained(object).toOpaque())
}

@inline(never) func keepInWorkItem(_ value: some Endable & Sendable) {
  workItems.append(DispatchWorkItem { value.end() })
}

@inline(never) func keepInTimer(_ value: some Endable & Sendable) {
  let timer = DispatchSource.makeTimerSource()
  timer.schedule(deadline: .now() + 36000)
  timer.setEventHandler { value.end() }
  timer.activate()
  timers.append(timer)
}

@inline(never) func keepForLater(_ value: some Endable & Sendable) {
  DispatchQueue.global().asyncAfter(deadline: .now() + 36000) { value.end() }
}

actor Keeper {
  private var handles: [Handle] = []
  private var continuation: Continuation?
  func keep(_ task: Handle) { handles.append(task) }
  func keep(_ continuation: Continuation) { self.continuation = continuation }
}
let keeper = Keeper()

enum Local {
  @TaskLocal static var handle: Handle?
  @TaskLocal static var continuation: Continuation?
}

@inline(never) func keepInTaskLocal(_ task: Handle) {
  Local.$handle.withValue(task) {
    _ = Task(name: "alive sleeper with a value") { try? await Task.sleep(for: .seconds(36000)) }
  }
}

@inline(never) func keepInTaskLocal(_ continuation: Continuation) {
  Local.$continuation.withValue(continuation) {
    _ = Task(name: "alive sleeper with a value") { try? await Task.sleep(for: .seconds(36000)) }
  }
}
