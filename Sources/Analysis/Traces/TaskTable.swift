import ExecutionTrace

/// The tasks that live at a moment of a trace, found by their ids.
///
/// A task that has ended leaves its place to another, so it takes as much memory as the most tasks that ever lived at once,
/// some 170 bytes each. What is known at one moment and what is known at another share all tasks of which nothing was told
/// between.
struct TaskTable {
  private(set) var count = 0
  /// Tasks by their places; those that are free have id 0, and the next free place as their time.
  private var tasks = SharedPages(filling: TracedTask(id: 0, site: 0, since: 0, began: 0))
  /// So many places were ever taken.
  private var used = 0
  /// The place to be taken next; −1: a new one.
  private var free = -1
  private var byID = TaskPlaces()

  /// The task at a place, to be read until anything is changed.
  @inline(__always) func known(_ place: Int) -> UnsafePointer<TracedTask> { tasks.address(of: place) }

  /// The task at a place, to be read and changed until the next snapshot is taken.
  @inline(__always) mutating func own(_ place: Int) -> UnsafeMutablePointer<TracedTask> { tasks.ownAddress(of: place) }

  /// How many tasks were copied to be changed, for a snapshot has them, too.
  var copies: Int { tasks.copies * SharedPages<TracedTask>.pageSize }

  /// The same tasks, which may be changed without that these are, and the other way round.
  mutating func snapshot() -> TaskTable {
    var copy = self
    (copy.tasks, copy.byID) = (tasks.snapshot(), byID.snapshot())
    return copy
  }

  /// The place of a task; nil if there is none of that id.
  @inline(__always) func place(of id: UInt64) -> Int? { byID[id] }

  /// Looks at tasks that will be asked for soon, all at once: from far memory several come in the time of one.
  @inline(never) func look(at events: ArraySlice<TraceEvent>) -> Int64 {
    events.reduce(0) { sum, event in
      guard event.task != 0, let place = place(of: event.task) else { return sum }
      // A task lies in three lines of the cache.
      return sum ^ tasks[place].since ^ tasks[place].timeOnExecutor ^ tasks[place].began
    }
  }

  /// Adds a task, which must not be there, and says where it is, as of `own`.
  mutating func add(_ task: TracedTask) -> UnsafeMutablePointer<TracedTask> {
    let place = free >= 0 ? free : used
    if place == used {
      used += 1
      if used > tasks.count { tasks.grow() }
    } else {
      free = Int(tasks[place].since)
    }
    let address = tasks.ownAddress(of: place)
    address.pointee = task
    address.pointee.place = Int32(truncatingIfNeeded: place)
    byID.add(place, of: task.id)
    count += 1
    return address
  }

  /// Removes the task at a place.
  mutating func remove(at place: Int) {
    let task = tasks.ownAddress(of: place)
    byID.remove(task.pointee.id)
    task.pointee.id = 0
    task.pointee.since = Int64(free)
    free = place
    count -= 1
  }

  /// All places, of which those are free where the id is 0.
  var places: Range<Int> { 0..<used }
}
