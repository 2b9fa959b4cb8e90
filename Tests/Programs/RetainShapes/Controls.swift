// Things that look like leaks and are none: each object's type begins with "Kept".
import Dispatch
import Platform
import Synchronization

class KeptObject {
  var text = "a text that is too long for sixteen bytes"
  var other: KeptObject?
}

// MARK: Weak and unowned

final class KeptDelegateOwner: KeptObject {
  weak var delegate: KeptObject?
  var onEvent: (() -> Void)?
}
final class KeptUnowned: KeptObject {
  unowned let owner: KeptObject
  init(_ owner: KeptObject) { self.owner = owner }
}

// MARK: Values that hide an address

enum KeptChoice {
  case first(KeptObject)
  case second(KeptObject)
  case third(KeptObject, KeptObject)
  case number(Int)
}
indirect enum KeptTree {
  case leaf(KeptObject)
  case pair(KeptTree, KeptTree)
}
protocol KeptProtocol {}
final class KeptExistential: KeptObject, KeptProtocol {}
struct KeptWide: KeptProtocol {
  var a = 1
  var b = 2
  var c = 3
  var object = KeptObject()
}
struct KeptError: Error, @unchecked Sendable {
  var object = KeptObject()
}
actor KeptActor {
  var objects = [KeptObject()]
  func add() { objects.append(KeptObject()) }
}

// MARK: Where they are held

nonisolated(unsafe) var keptByGlobal: KeptObject?
nonisolated(unsafe) var keptByArray: [KeptObject] = []
nonisolated(unsafe) var keptByDictionary: [String: KeptObject] = [:]
nonisolated(unsafe) var keptByChoice: [KeptChoice] = []
nonisolated(unsafe) var keptByTree: KeptTree?
nonisolated(unsafe) var keptByAny: [Any] = []
nonisolated(unsafe) var keptByProtocol: [any KeptProtocol] = []
nonisolated(unsafe) var keptByError: (any Error)?
nonisolated(unsafe) var keptByActor: KeptActor?
nonisolated(unsafe) let keptLazily: KeptObject = {
  let object = KeptObject()
  object.other = KeptObject()
  return object
}()
nonisolated(unsafe) var keptByPointer: UnsafeMutablePointer<KeptObject>?
nonisolated(unsafe) var keptByUnmanaged: Unmanaged<KeptObject>?
nonisolated(unsafe) var keptByInteriorPointer: UnsafeMutablePointer<KeptObject?>?
nonisolated(unsafe) var keptByMapping: UnsafeMutableRawPointer?
nonisolated(unsafe) private var keptByMappings: [UnsafeMutableRawPointer?] = []
nonisolated(unsafe) var keptByContinuation: CheckedContinuation<Void, Never>?
nonisolated(unsafe) var keptByStream: AsyncStream<Int>.Continuation?
nonisolated(unsafe) var keptByTimer: (any DispatchSourceTimer)?
nonisolated(unsafe) var keptByQueue: DispatchQueue?
nonisolated(unsafe) weak var keptWeakly: KeptObject?
nonisolated(unsafe) var keptCycle: KeptObject?
nonisolated(unsafe) var keptByClosure: (() -> KeptObject)?
nonisolated(unsafe) var keptByRealloc: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
let keptInMutex = Mutex<[KeptBox]>([])
struct KeptBox: @unchecked Sendable {
  var object = KeptObject()
}
enum KeptLocal {
  @TaskLocal static var value: KeptBox?
}

let controls = [
  Control("weak reference back") {
    let owner = KeptDelegateOwner()
    owner.delegate = owner
    owner.onEvent = { [weak owner] in owner?.text = "" }
    keptByArray.append(owner)
  },
  Control("freed, though weak references are left") {
    let owner = KeptDelegateOwner()
    owner.delegate = owner
    owner.onEvent = { [weak owner] in owner?.text = "" }
    keptWeakly = owner
  },
  Control("alive, though the weak references are gone") {
    let owner = KeptDelegateOwner()
    keptByAny.append(owner as Any)
    let passing = KeptDelegateOwner()
    passing.onEvent = { [weak owner] in owner?.text = "" }
    passing.onEvent = {}
  },
  Control("unowned reference back") {
    let owner = KeptObject()
    owner.other = KeptUnowned(owner)
    keptByArray.append(owner)
  },
  Control("cycle that a global reaches") {
    let object = KeptObject()
    object.other = KeptObject()
    object.other?.other = object
    keptCycle = object
    keptWeakly = object
  },
  Control("globals") {
    keptByGlobal = KeptObject()
    keptByDictionary["a key that is too long for sixteen bytes"] = KeptObject()
    keptByClosure = { [object = KeptObject()] in object }
  },
  Control("lazy global") { _ = keptLazily.text },
  Control("enum payloads") {
    keptByChoice = [.first(KeptObject()), .second(KeptObject()), .third(KeptObject(), KeptObject()), .number(1)]
    keptByTree = .pair(.leaf(KeptObject()), .pair(.leaf(KeptObject()), .leaf(KeptObject())))
  },
  Control("existentials") {
    keptByAny = [KeptObject(), (1, KeptObject()), KeptWide()]
    keptByProtocol = [KeptExistential(), KeptWide()]
    keptByError = KeptError()
  },
  Control("actor") {
    let actor = KeptActor()
    keptByActor = actor
    tasksOnTheWay.add(1, ordering: .relaxed)
    Task {
      await actor.add()
      tasksOnTheWay.subtract(1, ordering: .relaxed)
    }
  },
  Control("unsafe pointers") {
    keptByPointer = .allocate(capacity: 1)
    keptByPointer?.initialize(to: KeptObject())
    keptByUnmanaged = .passRetained(KeptObject())
    let three = UnsafeMutablePointer<KeptObject?>.allocate(capacity: 3)
    three.initialize(repeating: KeptObject(), count: 3)
    keptByInteriorPointer = three + 1
  },
  Control("memory from malloc that was moved") {
    let words = realloc(malloc(16), 4096)?.bindMemory(to: UnsafeMutableRawPointer?.self, capacity: 512)
    words?[500] = Unmanaged.passRetained(KeptObject()).toOpaque()
    keptByRealloc = words
  },
  Control("mapped memory") {
    let page = mmap(nil, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    page?.storeBytes(
      of: Unmanaged.passRetained(KeptObject()).toOpaque(), toByteOffset: 5000 * 8, as: UnsafeRawPointer.self)
    keptByMapping = page
  },
  Control("mapped memory that was made read-only, or is shared") {
    for flags in [MAP_PRIVATE, MAP_SHARED] {
      let page = mmap(nil, 4096, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS, -1, 0)
      page?.storeBytes(of: Unmanaged.passRetained(KeptObject()).toOpaque(), as: UnsafeRawPointer.self)
      if flags == MAP_PRIVATE { mprotect(page, 4096, PROT_READ) }
      keptByMappings.append(page)
    }
  },
  Control("large block") {
    let words = malloc(1 << 20)?.bindMemory(to: UnsafeMutableRawPointer?.self, capacity: 1 << 17)
    words?[1 << 16] = Unmanaged.passRetained(KeptObject()).toOpaque()
    keptByAny.append(words as Any)
  },
  Control("mutex") { keptInMutex.withLock { $0.append(KeptBox()) } },
  Control("thread's stack, registers and own storage") {
    for _ in 0..<2 { keepOnThread() }
  },
  Control("timer and pending work") {
    let timer = DispatchSource.makeTimerSource(queue: .global())
    timer.schedule(deadline: .now() + 3600)
    timer.setEventHandler { [box = KeptBox()] in _ = box }
    timer.activate()
    keptByTimer = timer
    let pending = DispatchSource.makeTimerSource(queue: .global())
    pending.schedule(deadline: .now() + 3600)
    pending.setEventHandler { [box = KeptBox()] in
      _ = box
      pending.cancel()
    }
    pending.activate()
    DispatchQueue.global().asyncAfter(deadline: .now() + 3600) { [box = KeptBox()] in _ = box }
    let queue = DispatchQueue(label: "suspended")
    queue.suspend()
    queue.async { [box = KeptBox()] in _ = box }
    keptByQueue = queue
  },
  Control("task asleep") {
    tasksOnTheWay.add(1, ordering: .relaxed)
    Task {
      let box = KeptBox()
      tasksOnTheWay.subtract(1, ordering: .relaxed)
      try? await Task.sleep(for: .seconds(3600))
      withExtendedLifetime(box.object) {}
    }
  },
  Control("task on a continuation that somebody has") {
    tasksOnTheWay.add(1, ordering: .relaxed)
    Task {
      let box = KeptBox()
      await withCheckedContinuation {
        keptByContinuation = $0
        tasksOnTheWay.subtract(1, ordering: .relaxed)
      }
      withExtendedLifetime(box.object) {}
    }
  },
  Control("task on a stream that somebody feeds") {
    let (stream, continuation) = AsyncStream<Int>.makeStream()
    keptByStream = continuation
    tasksOnTheWay.add(1, ordering: .relaxed)
    Task {
      let box = KeptBox()
      tasksOnTheWay.subtract(1, ordering: .relaxed)
      for await _ in stream {}
      withExtendedLifetime(box.object) {}
    }
  },
  Control("group of tasks asleep, and task-local values") {
    tasksOnTheWay.add(3, ordering: .relaxed)
    Task {
      await KeptLocal.$value.withValue(KeptBox()) {
        await withTaskGroup(of: Void.self) { group in
          for _ in 0..<2 {
            group.addTask {
              let box = KeptBox()
              tasksOnTheWay.subtract(1, ordering: .relaxed)
              try? await Task.sleep(for: .seconds(3600))
              withExtendedLifetime(box.object) {}
            }
          }
          tasksOnTheWay.subtract(1, ordering: .relaxed)
          await group.waitForAll()
        }
      }
    }
  },
  Control("task waiting for a task") {
    tasksOnTheWay.add(1, ordering: .relaxed)
    Task {
      let box = KeptBox()
      async let slow: Void = { try? await Task.sleep(for: .seconds(3600)) }()
      tasksOnTheWay.subtract(1, ordering: .relaxed)
      await slow
      withExtendedLifetime(box.object) {}
    }
  },
]

/// Starts a thread that never ends and holds an object on its stack and one in thread-specific storage.
private func keepOnThread() {
  tasksOnTheWay.add(1, ordering: .relaxed)
  var thread = pthread_t()
  pthread_create(
    &thread, nil,
    { _ -> UnsafeMutableRawPointer? in
      let object = KeptObject()
      var key = pthread_key_t()
      pthread_key_create(&key, nil)
      pthread_setspecific(key, Unmanaged.passRetained(KeptObject()).toOpaque())
      tasksOnTheWay.subtract(1, ordering: .relaxed)
      while true {
        pause()
        withExtendedLifetime(object) {}
      }
    }, nil)
}
