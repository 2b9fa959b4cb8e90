import Pprof
import PprofOperations
import Testing
import TestSupport

@Suite struct ScaleTests {
  private func profile() -> Profile {
    var builder = ProfileBuilder("samples/count", "space/bytes")
    builder.add("a", 1, 100)
    builder.add("b", 3, -300)
    builder.add("c", 0, 2)
    return builder.profile
  }

  @Test func allValues() {
    var result = profile()
    result.scale(by: 0.5)
    // Halves are rounded away from zero: 0.5 is 1, 1.5 is 2.
    #expect(result.foldedStacks == ["a: 1 50", "b: 2 -150", "c: 0 1"])
    result.scale(by: 0.004)
    #expect(result.foldedStacks == ["b: 0 -1"])
    result.scale(by: 0)
    #expect(result.samples.isEmpty)
  }

  @Test func eachTypeByItsOwn() throws {
    var result = profile()
    try result.scale(by: [1, 2])
    #expect(result.foldedStacks == ["a: 1 200", "b: 3 -600", "c: 0 4"])
    // A sample counts as nothing if what was scaled is nothing, also if another value is left.
    try result.scale(by: [1, 0])
    #expect(result.samples.isEmpty)
    #expect(throws: ProfileError.ratioCount(1, expected: 2)) { try result.scale(by: [1]) }
  }

  @Test func extremesDoNotTrap() {
    for ratio in [1e300, -1e300, .infinity, .nan, -1] {
      var builder = ProfileBuilder("samples/count")
      builder.add("a", .min)
      builder.profile.scale(by: ratio)
      #expect(builder.profile.samples.map(\.values) == [[.min]])
    }
  }

  @Test func normalizing() throws {
    var result = profile()
    var base = ProfileBuilder("samples/count", "space/bytes")
    base.add("x", 5, 99)
    base.add("y", 3, 0)
    try result.normalize(to: base.profile)
    // Sums are 4 and -198 here, 8 and 99 there.
    #expect(result.foldedStacks == ["a: 2 -50", "b: 6 150", "c: 0 -1"])
    #expect(throws: ProfileError.self) { try result.normalize(to: Profile()) }
  }
}
