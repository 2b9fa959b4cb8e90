/// The tasks that live at a moment of a trace, found by their ids.
///
/// A task that has ended leaves its place to another, so it takes as much memory as the most tasks that ever lived at once,
/// some 200 bytes each. Finding one takes a multiplication and, mostly, one look.
struct TaskTable {
  private(set) var count = 0
  /// Tasks by their places; those that are free have id 0.
  var tasks: [TracedTask] = []
  private var free: [Int32] = []
  /// Places by a hash of the id, with those that collide in the next ones; −1 is none.
  private var slots: [Int32] = Array(repeating: -1, count: 64)

  /// The place of a task; nil if there is none of that id.
  func place(of id: UInt64) -> Int? {
    var slot = home(of: id)
    while true {
      let place = Int(slots[slot])
      if place < 0 { return nil }
      if tasks[place].id == id { return place }
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
    while Int(slots[slot]) != place { slot = (slot + 1) & (slots.count - 1) }
    // Those that had to go on because of it move back. Source: Donald Knuth, The Art of Computer Programming, volume 3,
    // 6.4, algorithm R.
    var next = (slot + 1) & (slots.count - 1)
    while slots[next] >= 0 {
      let wanted = home(of: tasks[Int(slots[next])].id)
      if (next &- wanted) & (slots.count - 1) >= (next &- slot) & (slots.count - 1) {
        slots[slot] = slots[next]
        slot = next
      }
      next = (next + 1) & (slots.count - 1)
    }
    slots[slot] = -1
    tasks[place].id = 0
    free.append(Int32(place))
    count -= 1
  }

  /// The places of all tasks, in order.
  var places: [Int] { tasks.indices.filter { tasks[$0].id != 0 } }

  private func home(of id: UInt64) -> Int {
    Int(truncatingIfNeeded: (id &* 0x9e37_79b9_7f4a_7c15) >> 32) & (slots.count - 1)
  }

  private mutating func enter(_ place: Int) {
    var slot = home(of: tasks[place].id)
    while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = Int32(place)
  }

  private mutating func grow() {
    slots = Array(repeating: -1, count: slots.count * 2)
    for place in tasks.indices where tasks[place].id != 0 { enter(place) }
  }
}
