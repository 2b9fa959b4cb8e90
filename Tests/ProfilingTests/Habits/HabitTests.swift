import CProfiler
import Findings
import Testing

@testable import Profiling

/// What is counted in C and judged in Swift.
struct HabitTests {
  @Test func `both halves mean the same by their bounds`() {
    #expect(LAB_HABIT_TASK == Finding.Bounds.task)
    #expect(LAB_HABIT_VISIT == Finding.Bounds.visit)
    #expect(LAB_HABIT_KEPT == Finding.Bounds.kept)
    #expect(LAB_HABIT_RUN == Finding.Bounds.run)
  }

  @Test func `what was counted before a window is taken from it`() {
    var window = Habits(), before = Habits(), after = Habits()
    before.addRun(of: 3, nanoseconds: 5)
    for _ in 0..<4 { after.addRun(of: 3, nanoseconds: 9) }
    after.addRun(of: 4, nanoseconds: 7)
    window &-= before
    window &+= after
    #expect(window.families[3]?.runs.count == 3 && window.families[3]?.runs.longest == 9)
    #expect(window.families[4]?.runs.count == 1)
  }

  @Test func `what nobody did is no finding`() {
    var window = Habits(), all = Habits()
    all.addRun(of: 3, nanoseconds: 2_000_000_000)
    #expect(all.findings().map(\.kind) == [.neverSuspends])
    window &-= all
    window &+= all
    #expect(window.findings().isEmpty)
  }
}
