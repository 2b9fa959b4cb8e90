import CProfiler

/// What tasks have done, counted where they did it: as numbers, not named yet.
///
/// The counts only grow while tasks are followed, so those of a part of the time are a difference; the longest of each
/// is that of the whole time.
struct Habits: Sendable {
  /// By the number of a creation: 0 is that of tasks whose maker is not known.
  private(set) var families: [UInt32: Family] = [:]
  private(set) var starvations: [Starvation: Tally] = [:]
  private(set) var places: [Place: Tally] = [:]

  struct Tally: Sendable, Hashable {
    var count = 0
    /// Nanoseconds, and the longest.
    var sum = 0, longest = 0
  }

  /// Tasks that waited for a thread which another family's had.
  struct Starvation: Sendable, Hashable {
    var keptBy, waiting: UInt32
    /// Whether it had the thread wait, for the better part.
    var wasBlocked: Bool
  }

  /// Where threads waited, or resumed tasks.
  struct Place: Sendable, Hashable {
    /// `lab_place_kind`, and `lab_wait_on`.
    var kind, on: UInt32
    /// A number of the hooks' table of stacks.
    var stack: UInt32
  }

  /// What the tasks of one creation have done.
  struct Family: Sendable {
    var waited = 0, ended = 0, small = 0
    /// Runs that took long.
    var runs = Tally()
    /// Visits of actors; and of these the short ones that led back.
    var visits = 0, short = Tally()
    /// By where they go on, waits for continuations, and for how long tasks had run before.
    var waits: [UInt: Tally] = [:]
  }

  /// Nothing.
  init() {}

  /// All since tasks began to be followed.
  static var now: Habits {
    var habits = Habits()
    var family = lab_family()
    for creation in 0..<lab_family_count() where lab_family_at(creation, &family) {
      habits.families[creation] = Family(family)
    }
    var starvation = lab_starvation()
    for number in 0..<UInt32(LAB_STARVATIONS) where lab_starvation_at(number, &starvation) {
      let key = Starvation(
        keptBy: starvation.kept_by, waiting: starvation.waiting, wasBlocked: starvation.was_blocked)
      habits.starvations[key] = Tally(starvation.count, starvation.nanoseconds, starvation.longest_nanoseconds)
    }
    var place = lab_place()
    for number in 0..<UInt32(LAB_PLACES) where lab_place_at(number, &place) {
      let key = Place(kind: place.kind, on: place.on.rawValue, stack: place.stack)
      habits.places[key] = Tally(place.count, place.nanoseconds, place.longest_nanoseconds)
    }
    return habits
  }

  static func &+= (habits: inout Habits, other: Habits) { habits.combine(other, &+) }
  static func &-= (habits: inout Habits, other: Habits) { habits.combine(other, &-) }

  private mutating func combine(_ other: Habits, _ with: (Int, Int) -> Int) {
    for (key, tally) in other.starvations { starvations[key, default: Tally()].combine(tally, with) }
    for (key, tally) in other.places { places[key, default: Tally()].combine(tally, with) }
    for (creation, family) in other.families { families[creation, default: Family()].combine(family, with) }
  }

  /// Counts the run of a task that is still going on.
  mutating func addRun(of creation: UInt32, nanoseconds: Int) {
    families[creation, default: Family()].runs.combine(Tally(count: 1, sum: 0, longest: nanoseconds), +)
  }
}

extension Habits.Tally {
  init(_ count: UInt64, _ sum: UInt64, _ longest: UInt64) {
    self.init(count: Int(clamping: count), sum: Int(clamping: sum), longest: Int(clamping: longest))
  }

  mutating func combine(_ other: Self, _ with: (Int, Int) -> Int) {
    count = with(count, other.count)
    sum = with(sum, other.sum)
    longest = max(longest, other.longest)
  }
}

extension Habits.Family {
  fileprivate init(_ family: lab_family) {
    waited = Int(clamping: family.waited)
    ended = Int(clamping: family.ended)
    small = Int(clamping: family.small)
    runs = Habits.Tally(family.long_runs, 0, family.longest_nanoseconds)
    visits = Int(clamping: family.visits)
    short = Habits.Tally(family.short_visits, family.short_nanoseconds, 0)
    withUnsafeBytes(of: family.waits) { bytes in
      for wait in bytes.bindMemory(to: lab_family_wait.self) where wait.place != 0 {
        waits[wait.place] = Habits.Tally(wait.count, wait.nanoseconds, 0)
      }
    }
  }

  mutating func combine(_ other: Self, _ with: (Int, Int) -> Int) {
    waited = with(waited, other.waited)
    ended = with(ended, other.ended)
    small = with(small, other.small)
    visits = with(visits, other.visits)
    runs.combine(other.runs, with)
    short.combine(other.short, with)
    for (place, tally) in other.waits { waits[place, default: Habits.Tally()].combine(tally, with) }
  }
}
