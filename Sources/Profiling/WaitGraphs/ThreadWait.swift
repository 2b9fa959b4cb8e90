import CProfiler
import Waiting

/// What a thread sleeps on: told by the functions on its stack, and who has it by the words that lie there.
///
/// Where a word means a lock's owner is the C library's secret, Swift's and libdispatch's: the layouts are named with each.
struct ThreadWait {
  /// What it is; a thread if it waits for that to end.
  var kind: WaitNode.Kind
  /// Which of its kind.
  var address: UInt
  /// The thread that has it, or that is to end; nil if nobody is known to have it.
  var owner: Int32?
  /// Whether nobody else could give it back.
  var isOwners = true
  /// Whether the thread waits up to a time.
  var isLimited: Bool

  /// Nil if the thread does not sleep, did not all the while, or has what it slept on already and is about to wake.
  /// - Parameters:
  ///   - functions: The innermost functions on its stack, by their names in symbol tables.
  ///   - isThread: Whether the process has a thread of an id.
  init?(_ thread: TaskCollection.Thread, functions: [String], isThread: (Int32) -> Bool) {
    if let refused = thread.refused {
      (kind, address, owner, isLimited) = (.once, refused.address, refused.owner, false)
      return
    }
    guard thread.slept else { return nil }
    let (before, after) = (thread.sleeps.before, thread.sleeps.after)
    address = UInt(after.address)
    isLimited = after.is_limited
    kind = .word
    func isIn(_ names: String...) -> Bool { functions.contains { name in names.contains { name.contains($0) } } }
    /// A word that was the same in both looks.
    func steady(_ index: Int) -> UInt32? { before[word: index].flatMap { $0 == after[word: index] ? $0 : nil } }

    // `pthread_mutex_timedlock` leaves the stack to a function without a name before it sleeps. Of a mutex that is taken and
    // waited for the first word is 2, and the third its owner's id; few use it at once.
    let looksHeld =
      functions.allSatisfy { !$0.contains("pthread_") } && after.expected == 2
      && steady(2).map { isThread(Self.owner($0)) } ?? false && (1..<1 << 16).contains(after[word: 3] ?? 0)

    if after.queue != 0 {
      (kind, address) = (.queue, UInt(after.queue))
      if before.queue == after.queue, before.queue_owner == after.queue_owner { owner = after.queue_owner }
    } else if after.kind == LAB_SLEEPS_TO_OWN.rawValue {
      // The kernel's own layout: the owner's id and a bit for those who wait. It lets nobody else give it back.
      owner = steady(0).map(Self.owner)
      kind = isIn("swift_once", "once_slow") ? .once : isIn("mutex") ? .lock : .mutex
      // It has been handed over, and the thread is about to run.
      if owner == thread.id { return nil }
    } else if isIn("rwlock") {
      // glibc, struct __pthread_rwlock_arch_t: readers and writers wait at words 2 and 3, the writer's id is word 6.
      kind = .readWriteLock
      let waitsAt = isIn("wrlock") && after.expected == 3 ? 3 : 2
      address -= UInt(4 * waitsAt)
      owner = steady(6 - waitsAt).map(Self.owner)
      isOwners = false
    } else if Self.isMutex(after, isIn("mutex") || looksHeld, inCondition: isIn("pthread_cond_", "cnd_")) {
      // glibc, struct __pthread_mutex_s: the lock, how often it is held, the owner, how many use it, the kind.
      owner = steady(2).map(Self.owner)
      let type = after[word: 4].map { $0 & 3 } ?? 0
      kind = type == 1 ? .recursiveLock : .lock
      isOwners = type == 1 || type == 2
    } else if isIn("pthread_cond_", "cnd_wait", "cnd_timedwait") {
      // glibc, struct __pthread_cond_s: those who wait sleep at words 10 and 11.
      (kind, address) = (.condition, (address & ~7) &- 40)
    } else if isIn("join") || Self.isOfThread(address) {
      (kind, owner) = (.thread, Int32(bitPattern: after.expected))
    } else if isIn("sem_wait", "sem_timedwait", "sem_clockwait", "sema4", "semaphore", "new_sem_") {
      kind = .semaphore
    } else if isIn("dispatch_group") {
      kind = .dispatchGroup
    } else if isIn("once", "cxa_guard") {
      kind = .once
      // libdispatch, dispatch_once_gate_s: the owner's id and the same bit as the kernel's.
      if after.expected & 0x8000_0000 != 0 { owner = steady(0).map(Self.owner) }
    }
    if owner == 0 { owner = nil }
  }

  /// Whether a word is the id that a thread keeps of itself, which the kernel clears when it ends: `pthread_join` leaves the
  /// stack to a function without a name before it sleeps there.
  ///
  private static func isOfThread(_ address: UInt) -> Bool {
    ReadableMemory.isPossible(address) && lab_thread_keeps_id_at(address)
  }

  private static func owner(_ word: UInt32) -> Int32 { Int32(word & 0x3fff_ffff) }

  /// Whether a mutex of the C library is waited for: within a wait for a condition it is taken again, and that sleeps in
  /// another way.
  private static func isMutex(_ sleep: lab_thread_sleep, _ isNamed: Bool, inCondition: Bool) -> Bool {
    isNamed || inCondition && sleep.kind == LAB_SLEEPS_PLAINLY.rawValue && sleep.expected == 2
  }
}

extension lab_thread_sleep {
  /// A word so many words behind the address that is slept on; nil if it was not read.
  fileprivate subscript(word index: Int) -> UInt32? {
    guard index >= 0, index < Int(words_from) else { return nil }
    return withUnsafeBytes(of: from) { $0.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self) }
  }

  /// The label of the queue that is waited for.
  var label: String {
    withUnsafeBytes(of: queue_label) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
