/// The tasks that live at a moment of a trace, found by their ids.
///
/// A task that has ended leaves its place to another, so it takes as much memory as the most tasks that ever lived at once,
/// some 200 bytes each. Finding one takes a multiplication and, mostly, one look. Tasks that are made one after the other
/// lie side by side, and so do their slots: they have ids that follow one another, and are mostly run in that order.
struct TaskTable {
  /// Where a task is; −1 is nowhere. The id is here as well, so that others need not be looked at.
  private struct Slot {
    var id: UInt64 = 0
    var place: Int32 = -1
  }
  private(set) var count = 0
  /// Tasks by their places; those that are free have id 0.
  var tasks: [TracedTask] = []
  private var free: [Int32] = []
  /// Places by a hash of the id, with those that collide in the next ones.
  private var slots = Array(repeating: Slot(), count: 64)

  /// The place of a task; nil if there is none of that id.
  func place(of id: UInt64) -> Int? {
    var slot = home(of: id)
    while true {
      let found = slots[slot]
      if found.place < 0 { return nil }
      if found.id == id { return Int(found.place) }
      slot = (slot + 1) & (slots.count - 1)
    }
  }

  /// Adds a task, which must not be there, and says where it is.
  mutating func add(_ task: TracedTask) -> Int {
    if (count + 1) * 2 > slots.count { grow() }
    let place: Int
    if let last = free.popLast() {
      place = Int(last)
      tasks[place] = task
    } else {
      place = tasks.count
      tasks.append(task)
    }
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
      let wanted = home(of: slots[next].id)
      if (next &- wanted) & (slots.count - 1) >= (next &- slot) & (slots.count - 1) {
        slots[slot] = slots[next]
        slot = next
      }
      next = (next + 1) & (slots.count - 1)
    }
    slots[slot] = Slot()
    tasks[place].id = 0
    free.append(Int32(place))
    count -= 1
  }

  /// The places of all tasks, in order.
  var places: [Int] { tasks.indices.filter { tasks[$0].id != 0 } }

  /// Eight ids that follow one another stay together.
  private func home(of id: UInt64) -> Int {
    let block = ((id >> 3) &* 0x9e37_79b9_7f4a_7c15) >> 32
    return Int(truncatingIfNeeded: block << 3 | id & 7) & (slots.count - 1)
  }

  private mutating func enter(_ place: Int) {
    var slot = home(of: tasks[place].id)
    while slots[slot].place >= 0 { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = Slot(id: tasks[place].id, place: Int32(place))
  }

  private mutating func grow() {
    slots = Array(repeating: Slot(), count: slots.count * 2)
    for place in tasks.indices where tasks[place].id != 0 { enter(place) }
  }
}
