import CProfiler
import Platform
import Symbolization
import Waiting

/// Makes the graph of who waits for whom of what was collected.
///
/// Only what has lasted from before to after all was looked at counts: so at one moment all of it was true, and rings are
/// none that the program has passed through piece by piece.
struct WaitGraphBuilder {
  private(set) var graph: WaitGraph
  /// Where the graph has a task, by its id, and a thread that runs none, by the kernel's.
  private(set) var taskNodes: [UInt64: Int] = [:]
  private(set) var threadNodes: [Int32: Int] = [:]

  private let collection: TaskCollection
  private let naming: TaskNaming
  private let tasks: [UInt64: Int]
  private let threads: [Int32: Int]
  /// The innermost task on a thread, by the thread.
  private let occupants: [Int32: UInt64]
  private let waits: [Int32: ThreadWait]
  private var names = ObjectNames()
  private var resources: [Resource: Int] = [:]
  /// Where stacks are: many tasks share theirs.
  private var places: [Stack: String] = [:]
  private struct Stack: Hashable {
    var addresses: ArraySlice<UInt64>
    var isExact: Bool
  }
  /// Those that have a name of their own.
  private var named: Set<Resource> = []

  private struct Resource: Hashable {
    var kind: WaitNode.Kind
    var address: UInt
  }

  init(_ collection: TaskCollection, _ naming: TaskNaming) {
    self.collection = collection
    self.naming = naming
    graph = WaitGraph(program: ThisProgram.path, nodes: [], edges: [])
    tasks = Dictionary(collection.tasks.indices.map { (collection.tasks[$0].copy.id, $0) }) { first, _ in first }
    threads = Dictionary(collection.threads.indices.map { (collection.threads[$0].id, $0) }) { first, _ in first }
    let running = collection.tasks.filter { $0.isRunning && $0.copy.lasted }
    occupants = Dictionary(running.map { ($0.copy.tid, $0.copy.id) }) { first, _ in first }
    let known = threads
    let sleeping = collection.threads.compactMap { thread in
      ThreadWait(thread, functions: Self.innermost(of: thread, naming)) { known[$0] != nil }.map { (thread.id, $0) }
    }
    waits = Dictionary(sleeping) { first, _ in first }
    addThreads()
    addTasks()
    nameAlike()
    addNotes()
  }

  private static func innermost(of thread: TaskCollection.Thread, _ naming: TaskNaming) -> [String] {
    let stack = naming.stack(of: thread.stack)
    let functions = naming.functions(of: stack.prefix(12), leafIsExact: naming.leafIsExact(in: stack))
    return functions.prefix { $0.origin != .app || isHook($0.systemName) }.map(\.systemName)
  }

  /// Whether a function of the program is the profiler's before one of the C library's or of libdispatch's.
  private static func isHook(_ name: String) -> Bool {
    ["pthread_", "sem_", "dispatch_", "syscall", "lab_"].contains(where: name.hasPrefix)
  }

  // MARK: - Tasks and threads

  private mutating func add(_ node: WaitNode) -> Int {
    graph.nodes.append(node)
    return graph.nodes.count - 1
  }

  private mutating func node(of task: UInt64) -> Int? {
    if let known = taskNodes[task] { return known }
    guard let index = tasks[task] else { return nil }
    let task = collection.tasks[index]
    let words = TaskWords(task, naming)
    let thread = task.isRunning || task.isNesting ? task.copy.tid : 0
    let sleeps = task.isRunning && waits[task.copy.tid] != nil
    let isSuspended = !task.isRunning && !task.isNesting
    let node = add(
      WaitNode(
        kind: .task, name: title(of: task),
        state: sleeps ? "blocked" : words.wait.map { "waiting on \($0.rawValue)" } ?? words.state,
        nanoseconds: isSuspended ? Int(clamping: task.copy.state_nanoseconds) : sleeps ? slept(thread) : 0,
        place: place(of: naming.stack(of: task), isExact: task.copy.leaf_is_exact), thread: Int(thread)))
    taskNodes[task.copy.id] = node
    return node
  }

  /// `task 4 "request"`.
  private func title(of task: TaskCollection.Task) -> String {
    "task \(task.copy.id)" + TaskDumpPage.quoted(TaskWords(task, naming).name)
  }

  /// What stands for a thread: the innermost task on it, or the thread itself.
  private mutating func node(ofThread id: Int32) -> Int? {
    if let task = occupants[id] { return node(of: task) }
    if let known = threadNodes[id] { return known }
    guard let index = threads[id] else { return nil }
    let thread = collection.threads[index]
    let words = ThreadWords(thread)
    let name = id == getpid() ? " (main)" : TaskDumpPage.quoted(words.name)
    let call = words.call.map { "in \($0)" } ?? words.state?.rawValue ?? ""
    let node = add(
      WaitNode(
        kind: .thread, name: "thread \(id)\(name)", state: waits[id] == nil ? call : "blocked",
        nanoseconds: waits[id] == nil ? 0 : slept(id),
        place: place(of: naming.stack(of: thread.stack), isExact: true), thread: Int(id)))
    threadNodes[id] = node
    return node
  }

  private func slept(_ thread: Int32) -> Int {
    threads[thread].map { Int(clamping: collection.threads[$0].sleptNanoseconds) } ?? 0
  }

  /// The innermost function of the program on a stack; empty if there is none.
  private mutating func place(of stack: ArraySlice<UInt64>, isExact: Bool) -> String {
    let key = Stack(addresses: stack, isExact: isExact)
    if let known = places[key] { return known }
    let functions = naming.functions(of: stack, leafIsExact: isExact && naming.leafIsExact(in: stack))
    let frame = functions.first { $0.origin == .app }
    let place = frame.map { $0.name + ($0.file.split(separator: "/").last.map { " at \($0)" } ?? "") } ?? ""
    places[key] = place + (frame.map { $0.file.isEmpty ? "" : ":\($0.line)" } ?? "")
    return places[key] ?? ""
  }

  // MARK: - What they wait for

  private mutating func addThreads() {
    var owners: [Int: (wait: ThreadWait, ids: Set<Int32?>, waiters: Set<Int32>)] = [:]
    for thread in collection.threads {
      guard let wait = waits[thread.id] else { continue }
      // Those of a pool that have nothing to do wait, too.
      let isIdle = occupants[thread.id] == nil && place(of: naming.stack(of: thread.stack), isExact: true).isEmpty
      if isIdle, wait.owner == nil { continue }
      if wait.kind == .thread {
        if let joined = wait.owner, let from = node(ofThread: thread.id), let to = node(ofThread: joined) {
          graph.edges.append(WaitEdge(from: from, to: to, isLimited: wait.isLimited))
        }
        continue
      }
      guard let from = node(ofThread: thread.id) else { continue }
      let resource = resource(of: wait, thread)
      graph.edges.append(WaitEdge(from: from, to: resource, isLimited: wait.isLimited))
      owners[resource, default: (wait, [], [])].ids.insert(wait.owner)
      owners[resource]?.waiters.insert(thread.id)
    }
    for (resource, owner) in owners.sorted(by: { $0.key < $1.key }) {
      // It has changed hands meanwhile if they do not agree.
      guard owner.ids.count == 1, let id = owner.ids.first ?? nil else { continue }
      addHolder(id, of: resource)
      if !owner.wait.isOwners { addPossibleHolders(id, of: resource, owner.wait.address, owner.waiters) }
    }
  }

  private mutating func addHolder(_ thread: Int32, of resource: Int) {
    if let holder = node(ofThread: thread) {
      graph.edges.append(WaitEdge(from: resource, to: holder))
    } else {
      let place = graph.nodes[resource].place
      graph.nodes[resource].place = (place.isEmpty ? "" : place + ", ") + "held by a thread that has ended"
    }
  }

  /// Of a lock that others could give back, too, than the thread that took it: the tasks that are suspended, if the thread
  /// runs tasks and nothing on its stack has the lock at hand. Whoever waits for it has, so of itself that says nothing.
  private mutating func addPossibleHolders(_ thread: Int32, of resource: Int, _ lock: UInt, _ waiters: Set<Int32>) {
    guard occupants[thread] != nil, let owner = threads[thread] else { return }
    let pointer = UInt(collection.threads[owner].sleeps.after.stack_pointer)
    if !waiters.contains(thread), pointer != 0, StackEvidence(from: pointer).mentions(lock) { return }
    // One that goes on is enough: those that nobody is known to keep are asked first.
    let suspended = collection.tasks.filter { $0.isSuspended && $0.copy.tid != 0 }
      .sorted { ($0.copy.awaited, $0.copy.id) < ($1.copy.awaited, $1.copy.id) }
    for task in suspended.prefix(Self.mostPossible) {
      if let holder = node(of: task.copy.id) {
        graph.edges.append(WaitEdge(from: resource, to: holder, isPossible: true))
      }
    }
  }

  private static let mostPossible = 20

  private mutating func addTasks() {
    var actors: [Int: UInt] = [:]
    let children = Dictionary(grouping: collection.tasks.filter { $0.copy.group != 0 }, by: \.copy.group)
    for task in collection.tasks where task.copy.lasted {
      if task.isNesting {
        guard let from = node(of: task.copy.id), let inner = inner(of: task), let to = node(of: inner) else { continue }
        graph.edges.append(WaitEdge(from: from, to: to))
        continue
      }
      guard task.isSuspended else { continue }
      switch lab_task_reason(rawValue: UInt32(task.copy.reason)) {
      case LAB_TASK_AWAITS_TASK:
        guard let from = node(of: task.copy.id), let to = node(of: task.copy.awaited) else { continue }
        graph.edges.append(WaitEdge(from: from, to: to))
      case LAB_TASK_AWAITS_GROUP:
        guard let from = node(of: task.copy.id) else { continue }
        addGroup(of: task, from, children[task.copy.waits_at] ?? [])
      case LAB_TASK_AWAITS_EXECUTOR where task.copy.waits_at != 0:
        guard let from = node(of: task.copy.id) else { continue }
        let executor = executor(of: task)
        graph.edges.append(WaitEdge(from: from, to: executor))
        actors[executor] = UInt(task.copy.waits_at)
      default: break
      }
    }
    for (node, identity) in actors.sorted(by: { $0.key < $1.key }) { addOccupants(of: node, identity) }
  }

  /// The task that runs on the same thread and was begun within another: the one that came next.
  private func inner(of task: TaskCollection.Task) -> UInt64? {
    let onThread = collection.tasks.filter {
      $0.copy.tid == task.copy.tid && $0.copy.lasted && ($0.isRunning || $0.isNesting) && $0.copy.id != task.copy.id
    }
    let nested = onThread.filter { $0.isNesting && $0.copy.state_nanoseconds < task.copy.state_nanoseconds }
    return nested.max { $0.copy.state_nanoseconds < $1.copy.state_nanoseconds }?.copy.id
      ?? onThread.first(where: \.isRunning)?.copy.id
  }

  private mutating func addGroup(of task: TaskCollection.Task, _ from: Int, _ children: [TaskCollection.Task]) {
    let isForAll = naming.functions(of: task.stack, leafIsExact: false).prefix(4)
      .contains { $0.systemName.contains("waitAll") || $0.systemName.contains("awaitAllRemaining") }
    let group = resource(
      Resource(kind: .group, address: UInt(task.copy.waits_at)),
      WaitNode(kind: .group, name: "the group of task \(task.copy.id)", needsAll: isForAll))
    graph.edges.append(WaitEdge(from: from, to: group))
    for child in children {
      if let to = node(of: child.copy.id) { graph.edges.append(WaitEdge(from: group, to: to)) }
    }
  }

  /// Who is on an actor: the threads that work for it, as the runtime has noted; on the main actor the thread that drains
  /// the main queue.
  private mutating func addOccupants(of node: Int, _ identity: UInt) {
    var on = collection.threads.filter {
      $0.sleeps.before.executor == identity && $0.sleeps.after.executor == identity
    }.map(\.id)
    if on.isEmpty, identity == collection.mainExecutor, let owner = collection.mainQueueOwner { on = [owner] }
    if on.isEmpty, collection.knowsExecutors { graph.nodes[node].state = "free" }
    for thread in on {
      if let holder = self.node(ofThread: thread) { graph.edges.append(WaitEdge(from: node, to: holder)) }
    }
  }

  // MARK: - Names

  private mutating func resource(_ key: Resource, _ node: @autoclosure () -> WaitNode) -> Int {
    if let known = resources[key] { return known }
    let made = add(node())
    resources[key] = made
    return made
  }

  private mutating func executor(of task: TaskCollection.Task) -> Int {
    let isActor = task.copy.implementation == 0
    let key = Resource(kind: isActor ? .actor : .executor, address: task.copy.waits_at)
    if let known = resources[key] { return known }
    let type = names.type(of: key.address)
    if key.address == collection.mainExecutor || type != nil { named.insert(key) }
    let name =
      key.address == collection.mainExecutor
      ? "the main actor" : [key.kind.rawValue, type].compactMap { $0 }.joined(separator: " ")
    return resource(key, WaitNode(kind: key.kind, name: name, place: Self.hexadecimal(key.address)))
  }

  private mutating func resource(of wait: ThreadWait, _ thread: TaskCollection.Thread) -> Int {
    let key = Resource(kind: wait.kind, address: wait.address)
    if let known = resources[key] { return known }
    let isOfCLibrary = [.lock, .recursiveLock, .condition].contains(wait.kind)
    let variable = isOfCLibrary ? names.variable(leadingTo: wait.address) : nil
    let title = (isOfCLibrary ? titleInFoundation(wait, thread, variable?.object) : nil) ?? Self.title(wait.kind)
    let name: String?
    var kind = wait.kind
    if let task = collection.tasks.first(where: { $0.holds(wait.address) }) {
      name = "the status record lock of " + self.title(of: task)
      kind = .statusRecordLock
    } else if wait.kind == .queue {
      name = thread.sleeps.after.label.isEmpty ? nil : "queue" + TaskDumpPage.quoted(thread.sleeps.after.label)
    } else {
      let place = names.variable(at: wait.address) ?? names.property(at: wait.address) ?? variable?.name
      name = place.map { wait.kind == .once ? "the initialiser of \($0)" : "\(title) \($0)" }
    }
    if name != nil { named.insert(key) }
    return resource(key, WaitNode(kind: kind, name: name ?? title, place: Self.hexadecimal(wait.address)))
  }

  /// Of those that are called alike each gets a letter, in the order of their addresses.
  private mutating func nameAlike() {
    let shared = resources.filter { graph.nodes[$0.value].kind != .group }
    for (name, alike) in Dictionary(grouping: shared, by: { graph.nodes[$0.value].name }) {
      guard alike.count > 1 else {
        if !named.contains(alike[0].key) {
          graph.nodes[alike[0].value].name = "the \(name) at \(graph.nodes[alike[0].value].place)"
          graph.nodes[alike[0].value].place = ""
        }
        continue
      }
      for (position, resource) in alike.sorted(by: { $0.key.address < $1.key.address }).enumerated() {
        graph.nodes[resource.value].name = "\(name) \(Self.letter(position))"
      }
    }
  }

  /// A, B, … Z, A1, B1, …
  private static func letter(_ position: Int) -> String {
    let letter = String(UnicodeScalar(UInt8(ascii: "A") + UInt8(position % 26)))
    return position < 26 ? letter : letter + String(position / 26)
  }

  private static func hexadecimal(_ address: UInt) -> String { "0x" + String(address, radix: 16) }

  /// Whether Foundation's code has the thread wait: by the file of its caller, or by its name, where the program has a copy
  /// of a generic function.
  private func isFoundations(_ thread: TaskCollection.Thread) -> Bool {
    let stack = naming.stack(of: thread.stack)
    if names.isFoundations(callerIn: stack) { return true }
    let functions = naming.functions(of: stack.prefix(6), leafIsExact: naming.leafIsExact(in: stack))
    let caller = functions.first { $0.origin != .system && !Self.isHook($0.systemName) }
    return caller?.systemName.hasPrefix("$s10Foundation") ?? false
  }

  /// Foundation's classes of locks have one of the C library's each: by what leads to it, or by whose code waits.
  private func titleInFoundation(_ wait: ThreadWait, _ thread: TaskCollection.Thread, _ object: UInt?) -> String? {
    let atHand = StackEvidence(from: UInt(thread.sleeps.after.stack_pointer)).objects(with: wait.address)
    let types = ([object].compactMap { $0 } + atHand.sorted()).lazy.compactMap(names.type)
    if let type = types.first(where: { $0.hasPrefix("NS") }) { return type }
    guard isFoundations(thread) else { return nil }
    return wait.kind == .condition ? "NSCondition" : wait.kind == .lock ? "NSLock" : "NSRecursiveLock"
  }

  private static func title(_ kind: WaitNode.Kind) -> String {
    switch kind {
    case .mutex: "Mutex"
    case .lock: "mutex"
    case .recursiveLock: "recursive mutex"
    case .readWriteLock: "read-write lock"
    case .once: "initialiser"
    case .queue: "queue"
    case .condition: "condition"
    case .semaphore: "semaphore"
    case .dispatchGroup: "dispatch group"
    default: "futex"
    }
  }

  private mutating func addNotes() {
    if !collection.knowsExecutors, graph.nodes.contains(where: { $0.kind == .actor }) {
      graph.notes.append("who occupies actors is not known: Swift's concurrency library has no symbols")
    }
    let silent = collection.threads.filter { $0.slept && $0.stack.isEmpty }.count
    if silent > 0 {
      graph.notes.append(
        "\(silent) threads sleep and did not say where they are, so that what they wait for is not known")
    }
  }
}

extension TaskCollection.Task {
  fileprivate var isRunning: Bool { copy.state == UInt8(LAB_TASK_IS_RUNNING.rawValue) }
  fileprivate var isNesting: Bool { copy.state == UInt8(LAB_TASK_IS_NESTING.rawValue) }
  /// Whether it is on no thread.
  fileprivate var isSuspended: Bool {
    copy.state == UInt8(LAB_TASK_IS_WAITING.rawValue) || copy.state == UInt8(LAB_TASK_IS_RUNNABLE.rawValue)
  }
  /// Whether an address lies in the task's own record.
  fileprivate func holds(_ address: UInt) -> Bool {
    address >= copy.address && address - UInt(copy.address) < UInt(lab_runtime_tasks().size)
  }
}
