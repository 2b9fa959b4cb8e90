import ExecutionTrace

/// The tasks that live at a moment of a trace, found by their ids.
///
/// A task that has ended leaves its place to another, so it takes as much memory as the most tasks that ever lived at once,
/// some 200 bytes each. Finding one takes a multiplication and, mostly, one look. Tasks that are made one after the other
/// lie side by side, and so do their slots: they have ids that follow one another, and are mostly run in that order.
/// What is known at one moment and what is known at another share all tasks of which nothing was told between.
struct TaskTable {
  /// Where a task is; −1 is nowhere. Half of the id is here as well, so that others are hardly ever looked at, and more
  /// slots are near.
  private struct Slot {
    var half: UInt32 = 0
    var place: Int32 = -1
  }
  private(set) var count = 0
  /// Tasks by their places; those that are free have id 0, and the next free place as their parent.
  private var tasks = SharedPages(filling: TracedTask(id: 0, site: 0, since: 0, began: 0))
  /// So many places were ever taken.
  private var used = 0
  /// The place to be taken next; −1: a new one.
  private var free = -1
  /// Places by a hash of the id, with those that collide in the next ones.
  private var slots = Self.slots(64)

  /// The task at a place.
  subscript(place: Int) -> TracedTask {
    @inline(__always) unsafeAddress { tasks.address(of: place) }
    @inline(__always) unsafeMutableAddress { tasks.ownAddress(of: place) }
  }

  /// How many tasks were copied to be changed, for a snapshot has them, too.
  var copies: Int { tasks.copies * SharedPages<TracedTask>.pageSize }

  /// The same tasks, which may be changed without that these are, and the other way round.
  mutating func snapshot() -> TaskTable {
    var copy = self
    (copy.tasks, copy.slots) = (tasks.snapshot(), slots.snapshot())
    return copy
  }

  /// The place of a task; nil if there is none of that id.
  func place(of id: UInt64) -> Int? {
    var slot = home(of: id)
    while true {
      let found = slots[slot]
      if found.place < 0 { return nil }
      if found.half == UInt32(truncatingIfNeeded: id), tasks[Int(found.place)].id == id { return Int(found.place) }
      slot = (slot + 1) & (slots.count - 1)
    }
  }

  /// Looks at tasks that will be asked for soon, all at once: from far memory several come in the time of one.
  @inline(never) func look(at events: ArraySlice<TraceEvent>) -> Int64 {
    events.reduce(0) { sum, event in
      guard event.task != 0, let place = place(of: event.task) else { return sum }
      // A task lies in three lines of the cache, or four.
      return sum ^ tasks[place].since ^ tasks[place].timeOnExecutor ^ tasks[place].wasReady
    }
  }

  /// Adds a task, which must not be there, and says where it is.
  mutating func add(_ task: TracedTask) -> Int {
    if (count + 1) * 2 > slots.count { widen() }
    let place = free >= 0 ? free : used
    if place == used {
      used += 1
      if used > tasks.count { tasks.grow() }
    } else {
      free = Int(Int64(bitPattern: tasks[place].parent))
    }
    tasks[place] = task
    enter(place)
    count += 1
    return place
  }

  /// Removes the task at a place.
  mutating func remove(at place: Int) {
    var slot = home(of: tasks[place].id)
    while Int(slots[slot].place) != place { slot = (slot + 1) & (slots.count - 1) }
    // Those that had to go on because of it move back. Source: Donald Knuth, The Art of Computer Programming, volume 3,
    // 6.4, algorithm R.
    var next = (slot + 1) & (slots.count - 1)
    while slots[next].place >= 0 {
      let wanted = home(of: tasks[Int(slots[next].place)].id)
      if (next &- wanted) & (slots.count - 1) >= (next &- slot) & (slots.count - 1) {
        slots[slot] = slots[next]
        slot = next
      }
      next = (next + 1) & (slots.count - 1)
    }
    slots[slot] = Slot()
    tasks[place].id = 0
    tasks[place].parent = UInt64(bitPattern: Int64(free))
    free = place
    count -= 1
  }

  /// All places, of which those are free where the id is 0.
  var places: Range<Int> { 0..<used }

  /// Eight ids that follow one another stay together.
  private func home(of id: UInt64) -> Int {
    let block = ((id >> 3) &* 0x9e37_79b9_7f4a_7c15) >> 32
    return Int(truncatingIfNeeded: block << 3 | id & 7) & (slots.count - 1)
  }

  private mutating func enter(_ place: Int) {
    let id = tasks[place].id
    var slot = home(of: id)
    while slots[slot].place >= 0 { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = Slot(half: UInt32(truncatingIfNeeded: id), place: Int32(place))
  }

  private mutating func widen() {
    slots = Self.slots(slots.count * 2)
    for place in 0..<used where tasks[place].id != 0 { enter(place) }
  }

  private static func slots(_ count: Int) -> SharedPages<Slot> {
    var slots = SharedPages(filling: Slot())
    while slots.count < count { slots.grow() }
    return slots
  }
}
