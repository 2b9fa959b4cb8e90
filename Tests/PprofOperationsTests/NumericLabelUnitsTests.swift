import Pprof
import PprofOperations
import Testing
import TestSupport

@Suite struct NumericLabelUnitsTests {
  @Test func theFirstUnitCountsAndOthersAreTold() {
    var builder = ProfileBuilder("samples/count")
    builder.add("a", 1, numericLabels: ["size": [NumericLabel(value: 1), NumericLabel(value: 1, unit: "kb")]])
    builder.add("a", 1, numericLabels: ["size": [NumericLabel(value: 1, unit: "mb")]])
    builder.add(
      "a", 1, numericLabels: ["size": [NumericLabel(value: 1, unit: "b"), NumericLabel(value: 2, unit: "kb")]])
    let (units, ignored) = builder.profile.numericLabelUnits()
    #expect(units == ["size": "kb"])
    #expect(ignored == ["size": ["b", "mb"]])
  }

  @Test func withoutAUnitTheKeyTells() {
    var builder = ProfileBuilder("samples/count")
    for key in ["alignment", "request", "latency"] {
      builder.add("a", 1, numericLabels: [key: [NumericLabel(value: 1)]])
    }
    let (units, ignored) = builder.profile.numericLabelUnits()
    #expect(units == ["alignment": "bytes", "request": "bytes", "latency": "latency"])
    #expect(ignored.isEmpty)
  }
}
