import CProfiler
import Pprof

/// The profile of what was recorded of contention, on the stacks of a view.
func mutexProfile(_ recorded: MutexEngine.Recorded, by view: MutexProfiler.View) -> Profile {
  waitProfile(recorded.waits(view), in: recorded.window, as: .mutex, comments: comments(recorded, view))
}

private func comments(_ recorded: MutexEngine.Recorded, _ view: MutexProfiler.View) -> [String] {
  let what = view == .holder ? "who gave the lock back" : "who waited"
  var lines = [
    "\(recorded.contentions(view)) contentions by \(what); one of \(recorded.fraction) was recorded, "
      + "and those under 10 microseconds the less often the shorter they are"
  ]
  let holds = recorded.waits.reduce(0) { $0 + $1.holds }, held = recorded.waits.reduce(0) { $0 + $1.held }
  if holds > 0 { lines.append("actors were entered \(holds) times and held for \(held / 1_000_000) ms") }
  let late = recorded.window.wakeups / 1000
  if late > 0 { lines.append("not in it: \(late) microseconds from unlocks until those who had waited ran") }
  if recorded.window.asked != recorded.fraction {
    lines.append(
      "one of \(recorded.window.asked) contentions was asked for, but the mutex profiler ran already, with one of "
        + "\(recorded.fraction)")
  }
  return lines + recorded.window.losses.comments(of: "mutex")
}
