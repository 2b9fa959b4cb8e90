import ExecutionTrace
import Testing

@testable import Analysis

/// From one window to the next.
@Suite struct WindowStepsTests {
  private func window(_ start: Int64, _ length: Int64, of whole: Int64 = 150_000_000) throws -> TraceWindow {
    try TraceWindow(of: TraceBuilder(duration: whole).trace(), start: start, length: length)
  }

  @Test("Lengths are of one, two or five tens; windows begin at tenths of them")
  func lengths() throws {
    var lengths: [Int64] = []
    var now: WindowSteps.Window? = .init(start: 0, length: 150_000_000)
    while let place = now {
      let steps = WindowSteps(try window(place.start, place.length))
      lengths.append(place.length)
      now = steps.closer
      if let now {
        #expect(now.start.isMultiple(of: now.length / 10) && now.start >= place.start)
        #expect(now.start + now.length <= place.start + place.length)
      }
    }
    #expect(lengths.prefix(5) == [150_000_000, 100_000_000, 50_000_000, 20_000_000, 10_000_000])
    #expect(lengths.last == WindowSteps.shortest)
  }

  @Test("Out leads to the whole and no further, to either side to its ends")
  func ends() throws {
    let steps = WindowSteps(try window(149_000_000, 1_000_000))
    #expect(steps.wider == .init(start: 148_000_000, length: 2_000_000))
    #expect(steps.later == nil && steps.earlier == .init(start: 148_500_000, length: 1_000_000))
    let first = WindowSteps(try window(0, 100_000_000))
    #expect(first.wider == .init(start: 0, length: 150_000_000) && first.earlier == nil)
    let whole = WindowSteps(try window(0, 150_000_000))
    #expect(whole.wider == nil && whole.earlier == nil && whole.later == nil)
  }

  @Test("A place is seen with what is around it")
  func around() throws {
    let steps = WindowSteps(try window(0, 150_000_000))
    for place in [(20_000_000, 20_000), (3, 1), (149_999_999, 1), (0, 150_000_000), (70_000_000, 61_234_567)] {
      let shown = steps.window(around: .init(start: Int64(place.0), length: Int64(place.1)))
      #expect(shown.start <= Int64(place.0) && shown.start + shown.length >= Int64(place.0 + place.1))
      #expect(shown.start >= 0 && shown.start + shown.length <= 150_000_000)
    }
  }

  @Test(
    "A time is read back as it was",
    arguments: [0, 1, 999, 1_000, 20_500, 62_250_000, 1_500_000_001, 86_400_000_000_123] as [Int64])
  func exact(time: Int64) {
    #expect(TraceTime.parse(TraceTime.exact(time)) == time)
  }
}
