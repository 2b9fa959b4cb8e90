import Pprof
import Testing
import TestSupport

@Suite struct CheckValidTests {
  private func error(_ change: (inout Profile) -> Void) -> ProfileError? {
    var profile = Profile.full
    change(&profile)
    return #expect(throws: ProfileError.self) { try profile.checkValid() }
  }

  @Test func aProfileOfEverythingIsValid() throws {
    try Profile.full.checkValid()
    try Profile().checkValid()
  }

  @Test func everyViolationIsFound() {
    #expect(error { $0.sampleTypes = [] } == .missingSampleTypes)
    #expect(
      error { $0.samples[1].values.append(1) }
        == .valueCount(3, expected: 2, at: Place(.sample, index: 1, field: 2)))
    #expect(
      error { $0.samples[2].locations = [-1] }
        == .unknownPosition(-1, count: 7, at: Place(.sample, index: 2, field: 1)))
    #expect(
      error { $0.locations[3].mapping = 2 } == .unknownPosition(2, count: 2, at: Place(.location, index: 3, field: 2)))
    #expect(
      error { $0.locations[1].lines[0].function = 40 }
        == .unknownPosition(40, count: 5, at: Place(.line, index: 1, field: 1)))
    #expect(error { $0.functions[2].id = 0 } == .zeroID(at: Place(.function, index: 2, field: 1)))
    #expect(error { $0.locations[2].id = 1 } == .duplicateID(1, at: Place(.location, index: 2, field: 1)))
    #expect(error { $0.mappings[0].id = .max } == .duplicateID(.max, at: Place(.mapping, index: 1, field: 1)))
  }

  @Test func whatIsInvalidIsNotWritten() {
    var profile = Profile.full
    profile.samples[0].values = []
    #expect(throws: ProfileError.self) { try profile.encoded() }
    #expect(throws: ProfileError.self) { try Profile.merge([profile]) }
    #expect(throws: ProfileError.self) { try Profile.combine([profile]) }
  }
}
