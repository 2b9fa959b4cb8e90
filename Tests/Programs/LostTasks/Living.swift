import Observation
import Platform
import Synchronization

nonisolated(unsafe) var streams: [AsyncStream<Int>.Continuation] = []
nonisolated(unsafe) var readers: [Handle] = []

/// Tasks that read streams.
func plantStreams() {
  plant("lost reader of a stream") { name in
    let (stream, _) = AsyncStream<Int>.makeStream()
    Task(name: name) { for await _ in stream {} }
  }
  plant("alive reader of a stream") { name in
    let (stream, continuation) = AsyncStream<Int>.makeStream()
    streams.append(continuation)
    Task(name: name) { for await _ in stream {} }
  }
  plant("alive reader that can be cancelled") { name in
    let (stream, _) = AsyncStream<Int>.makeStream()
    readers.append(Task(name: name) { for await _ in stream {} })
  }
  plant("lost reader in its own cycle") { name in
    let reader = Reader()
    reader.task = Task(name: name) { for await _ in reader.stream { reader.sum += 1 } }
  }
}

private final class Reader: @unchecked Sendable {
  let (stream, continuation) = AsyncStream<Int>.makeStream()
  var task: Handle?
  var sum = 0
}

// MARK: - Kept continuations

final class Waiting: @unchecked Sendable {
  var one: Continuation?
  var checked: CheckedContinuation<Void, Never>?
  var bits: UInt = 0
  var pointer: OpaquePointer?
  var closure: (() -> Void)?
  weak var weakly: ContinuationBox?
}
final class Header: ManagedBuffer<Int, Continuation> {}

nonisolated(unsafe) var waitingOnes: [Waiting] = []
nonisolated(unsafe) var inArray: [Continuation] = []
nonisolated(unsafe) var inDictionary: [Int: Continuation] = [:]
nonisolated(unsafe) var buffer = Header.create(minimumCapacity: 4) { _ in 0 }
nonisolated(unsafe) let memory = UnsafeMutablePointer<Continuation>.allocate(capacity: 8)
nonisolated(unsafe) var used = 0
nonisolated(unsafe) var boxes: [UnsafeMutableRawPointer] = []
nonisolated(unsafe) var theContinuation: Continuation?
/// How many continuations were stored that were waited for.
let seen = Mutex(0)

/// Tasks that wait for continuations that somebody has.
func plantKeptContinuations() {
  func waiting(_ name: String, _ store: @escaping @Sendable (Waiting, Continuation) -> Void) {
    plant(name) { name in
      let object = Waiting()
      waitingOnes.append(object)
      Task(name: name) { await withUnsafeContinuation { store(object, $0) } }
    }
  }
  func serially(_ name: String, _ count: Int = 3, _ store: @escaping @Sendable (Continuation) -> Void) {
    plant(name, count) { name in
      let before = seen.withLock { $0 }
      Task(name: name) {
        await withUnsafeContinuation { continuation in
          store(continuation)
          seen.withLock { $0 += 1 }
        }
      }
      while seen.withLock({ $0 }) == before { usleep(100) }
    }
  }
  waiting("alive continuation in an object") { $0.one = $1 }
  waiting("alive continuation as a number") { $0.bits = unsafeBitCast($1, to: UInt.self) }
  waiting("alive continuation as a pointer") {
    $0.pointer = OpaquePointer(bitPattern: unsafeBitCast($1, to: UInt.self))
  }
  waiting("alive continuation in a closure") { object, continuation in object.closure = { continuation.resume() } }
  plant("alive checked continuation in an object") { name in
    let object = Waiting()
    waitingOnes.append(object)
    Task(name: name) { await withCheckedContinuation { object.checked = $0 } }
  }
  plant("lost continuation in a box kept weakly") { name in
    let object = Waiting()
    waitingOnes.append(object)
    Task(name: name) {
      let box = ContinuationBox()
      object.weakly = box
      await withUnsafeContinuation { box.continuation = $0 }
      box.continuation?.resume()
    }
  }
  serially("alive continuation in an array") { inArray.append($0) }
  serially("alive continuation in a dictionary") { inDictionary[inDictionary.count] = $0 }
  serially("alive continuation in a ManagedBuffer") { continuation in
    buffer.withUnsafeMutablePointers { header, elements in
      (elements + header.pointee).initialize(to: continuation)
      header.pointee += 1
    }
  }
  serially("alive continuation in memory") { continuation in
    (memory + used).initialize(to: continuation)
    used += 1
  }
  serially("alive continuation in an unmanaged box") { continuation in
    let box = ContinuationBox()
    box.continuation = continuation
    boxes.append(Unmanaged.passRetained(box).toOpaque())
  }
  serially("alive continuation in a variable", 1) { theContinuation = $0 }
  serially("lost continuation taken out of an array") { continuation in
    inArray.append(continuation)
    inArray.removeLast()
  }
}

// MARK: - The living

actor Busy {
  private var count = 0
  func work() { count += 1 }
  func hold() {
    isHeld.store(true, ordering: .relaxed)
    while true { sleep(1) }
  }
}
private let isHeld = Atomic(false)

@Observable final class Watched: @unchecked Sendable { var value = 0 }

let busy = Busy()
let watched = Watched()

/// Tasks that are awaited by time, by what they observe, by actors, by nobody.
func plantLiving() {
  plant("alive sleeper") { name in Task(name: name) { try? await Task.sleep(for: .seconds(3600)) } }
  plant("alive sleeper of old") { name in Task(name: name) { try? await Task.sleep(nanoseconds: 3_600_000_000_000) } }
  plant("alive observer") { name in
    Task(name: name) { for await value in Observations({ watched.value }) where value > 0 { return } }
  }
  plant("alive on the main actor that sleeps") { name in
    Task(name: name) { @MainActor in try? await Task.sleep(for: .seconds(3600)) }
  }
  plant("alive task that runs", 1) { name in Task(name: name) { await busy.hold() } }
  // Or those that are to wait for it come first.
  while !isHeld.load(ordering: .relaxed) { usleep(1000) }
  plant("alive waits for a busy actor") { name in Task(name: name) { await busy.work() } }
}

// MARK: - Many

let seenMany = Mutex<[Continuation]>([])

/// Lost ones among ten times as many that wait to be resumed.
func plantMany(_ count: Int) {
  plant("alive of many", 10 * count) { name in
    Task(name: name) { await withUnsafeContinuation { continuation in seenMany.withLock { $0.append(continuation) } } }
  }
  plant("lost of many", count) { name in
    Task(name: name) {
      parked.add(1, ordering: .relaxed)
      await park()
    }
  }
  // To look at them all takes a while.
  while seenMany.withLock({ $0.count }) < 10 * count || parked.load(ordering: .relaxed) < count { usleep(10_000) }
}
private let parked = Atomic<Int>(0)
