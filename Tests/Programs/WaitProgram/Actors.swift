import Dispatch
import Platform
import Profiling

/// Where a turn at an actor may end, and so what is left to tell who had it.
enum Turning: String {
  /// The function that asked for it goes on elsewhere.
  case after
  /// The actor's own function awaits others inside it, and so gets the actor itself.
  case inside
  /// The task ends on the actor.
  case ending
}

/// All come while one has the actor for long; then it passes from one to the next.
func actorConvoy(_ turning: Turning, tasks count: Int) async {
  let turns = Turns(count)
  let desk = Desk()
  let first = Task.detached { await holdLong(desk, turns, turning) }
  while turns.held.load(ordering: .relaxed) == 0 { usleep(100) }
  var tasks = (1..<count).map { place in Task.detached { await holdShort(desk, turns, place, turning) } }
  tasks.append(first)
  for task in tasks { await task.value }
  while turns.held.load(ordering: .relaxed) < count { try? await Task.sleep(for: .milliseconds(1)) }
  try? await Task.sleep(for: .milliseconds(20))
  say("long", turns.blame.long)
  say("short", turns.blame.short)
}

@inline(never) private func holdLong(_ desk: Desk, _ turns: Turns, _ turning: Turning) async {
  turns.places[0].isLong = true
  switch turning {
  case .after: await turnAfter(desk, turns, 0, 60_000)
  case .inside:
    turns.places[0].arrived = now()
    await desk.holdLongInside(turns)
  case .ending: endLong(desk, turns)
  }
  afterwards()
}

@inline(never) private func holdShort(_ desk: Desk, _ turns: Turns, _ place: Int, _ turning: Turning) async {
  switch turning {
  case .after: await turnAfter(desk, turns, place, 1000)
  case .inside:
    turns.places[place].arrived = now()
    await desk.holdShortInside(turns, place)
  case .ending: endShort(desk, turns, place)
  }
  afterwards()
}

@inline(never) private func turnAfter(_ desk: Desk, _ turns: Turns, _ place: Int, _ microseconds: UInt32) async {
  turns.places[place].arrived = now()
  await desk.hold(turns, place, microseconds)
  afterwards()
}

@inline(never) private func endLong(_ desk: Desk, _ turns: Turns) { end(desk, turns, 0, 60_000); afterwards() }
@inline(never) private func endShort(_ desk: Desk, _ turns: Turns, _ place: Int) {
  end(desk, turns, place, 1000)
  afterwards()
}

@inline(never) private func end(_ desk: Desk, _ turns: Turns, _ place: Int, _ microseconds: UInt32) {
  Task.detached {
    turns.places[place].arrived = now()
    await desk.hold(turns, place, microseconds)
  }
  afterwards()
}

extension Desk {
  func holdLongInside(_ turns: Turns) async { hold(turns, 0, 60_000); afterwards() }
  func holdShortInside(_ turns: Turns, _ place: Int) async { hold(turns, place, 1000); afterwards() }
}

/// Turns that nobody waits for.
func lonelyTurns() async {
  let desk = Desk()
  let turns = Turns(300)
  for place in 0..<300 { await desk.hold(turns, place, 100) }
  say("holds", 300)
  say("held", (0..<300).reduce(0) { $0 + turns.places[$1].released - turns.places[$1].acquired })
}

@MainActor private func touchMain() {}

@inline(never) private func touchMainWhenBusy(_ turns: Turns, _ place: Int) async {
  turns.places[place].arrived = now()
  turns.held.add(1, ordering: .relaxed)
  await touchMain()
  afterwards()
}

/// Two wait for the main actor while its thread does something that is no task.
func behindABlock() async {
  let turns = Turns(2)
  DispatchQueue.main.async {
    turns.held.add(1, ordering: .relaxed)
    while turns.held.load(ordering: .relaxed) < 3 { usleep(100) }
    usleep(pause)
    turns.places[0].released = now()
  }
  while turns.held.load(ordering: .relaxed) < 1 { usleep(100) }
  let tasks = (0..<2).map { place in Task.detached { await touchMainWhenBusy(turns, place) } }
  for task in tasks { await task.value }
  say("block", turns.places[0].released - max(turns.places[0].arrived, turns.places[1].arrived))
}

/// Several wait while one has it: so many are in its queue when it leaves.
func queueAtActor() async {
  let desk = Desk()
  let turns = Turns(6)
  let first = Task.detached { await holdLong(desk, turns, .after) }
  while turns.held.load(ordering: .relaxed) == 0 { usleep(100) }
  let others = (1..<6).map { place in Task.detached { await holdShort(desk, turns, place, .after) } }
  for task in others { await task.value }
  await first.value
}
