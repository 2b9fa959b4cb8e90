import Analysis
import Pprof
import Testing

@Suite struct FamilyGrowthTests {
  /// A profile in which each function has made so many.
  private func capture(_ counts: [(String, Int64)]) -> Profile {
    Profile(
      sampleTypes: [ValueType(type: "task", unit: "count")],
      samples: counts.indices.map { Sample(locations: [$0], values: [counts[$0].1]) },
      locations: counts.indices.map { Location(id: UInt64($0 + 1), lines: [Line(function: $0)]) },
      functions: counts.indices.map { Function(id: UInt64($0 + 1), name: counts[$0].0) })
  }

  @Test("What has grown is named, the most first; what is new has grown; what shrank or stayed has not")
  func namesWhatHasGrown() {
    let growth = FamilyGrowth(
      from: capture([("a()", 10), ("b()", 5), ("c()", 7), ("a()", 1)]),
      to: capture([("a()", 15), ("b()", 105), ("c()", 7), ("new()", 3), ("b()", 1)]))
    #expect(growth.families.map(\.function) == ["b()", "a()", "new()"])
    #expect(growth.families.map(\.growth) == [101, 4, 3])
    #expect(growth.lines(atMost: 2) == ["grown: b() from 5 to 106 (+101)", "grown: a() from 11 to 15 (+4)"])
    #expect(growth.counted == "task")
  }

  @Test func nothingHasGrownOfNothing() {
    #expect(FamilyGrowth(from: capture([("a()", 2)]), to: capture([("a()", 1)])).families.isEmpty)
    #expect(FamilyGrowth(from: Profile(), to: Profile()).lines(atMost: 3).isEmpty)
  }
}
