import Pprof
import TestSupport
import Testing

@testable import Analysis

struct ValueFormatTests {
  @Test(
    "one unit for all values, in which the smallest can be told from 0",
    arguments: [
      // Hundredths of a second are enough to show 20 ms, but not 5 ms.
      ([100_000_000_000, 20_000_000], "s", ["100s", "0.02s"]),
      ([100_000_000_000, 5_000_000], "ms", ["100000ms", "5ms"]),
      ([100_000_000_000, 3], "ns", ["100000000000ns", "3ns"]),
      // Where both are of one size there is nothing to save.
      ([1_000_000_000, 20_000_000], "ms", ["1000ms", "20ms"]),
    ] as [([Int64], String, [String])])
  func fitting(_ values: [Int64], _ unit: String, _ texts: [String]) throws {
    var builder = ProfileBuilder("cpu/nanoseconds")
    for (number, value) in values.enumerated() { builder.add("f\(number)", value) }
    var options = ReportOptions()
    options.trim = false
    let table = try Report(builder.profile, kind: .text, options: options).topTable()
    #expect(table.format.outputUnit == unit)
    #expect(table.rows.map { table.format.string($0.flat) } == texts)
  }

  @Test("Callgrind's whole numbers want the smaller unit")
  func integers() throws {
    var builder = ProfileBuilder("cpu/nanoseconds")
    builder.add("f", 1_000_000_000)
    builder.add("g", 20_000_000)
    let costs = try Report(builder.profile, kind: .callgrind).costGraph()
    #expect(costs.format.outputUnit == "ms")
    #expect(costs.graph.shownNodes.map { costs.format.wholeNumber($0.flat) } == [1000, 20])
  }

  @Test("values are divided before they are written")
  func ratio() {
    let format = ValueFormat(sampleUnit: "count", outputUnit: "minimum", ratio: 0.25)
    #expect(format.string(10) == "2")
    #expect(ValueFormat(sampleUnit: "count", outputUnit: "minimum", ratio: -1).string(10) == "10")
  }
}
