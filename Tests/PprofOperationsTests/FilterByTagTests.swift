import Patterns
import Pprof
import PprofOperations
import Testing
import TestSupport

@Suite struct FilterByTagTests {
  private let profile: Profile

  init() {
    var builder = ProfileBuilder("samples/count")
    let kilobytes = { (value: Int64) in ["size": [NumericLabel(value: value, unit: "kilobytes")]] }
    builder.add("a", 1, labels: ["client": ["x"], "kind": ["read"]], numericLabels: kilobytes(1))
    builder.add("a", 2, labels: ["client": ["y", "z"]], numericLabels: kilobytes(32))
    builder.add("a", 4, numericLabels: kilobytes(2048))
    builder.add("a", 8, labels: ["kind": ["x"]])
    builder.add("a", 16, numericLabels: ["request": [NumericLabel(value: 1024)]])
    profile = builder.profile
  }

  /// The sum of the values kept, which tells the samples.
  private func kept(_ text: String) throws -> Int64 {
    var result = profile
    result.filterSamplesByTag(focus: try TagFilter(text, units: profile.numericLabelUnits().units))
    return result.samples.map { $0.values[0] }.reduce(0, +)
  }

  @Test(arguments: [
    // Any label, as key:value; all of several.
    ("x", 9), ("client:x", 1), ("client:.*,kind", 1), ("z$", 2), ("", 11), ("nothing", 0),
    // One key; any of several.
    ("client=x", 1), ("client=x,y", 3), ("kind=^x$", 8), ("none=x", 0), ("=^client:x", 1), ("=32kb", 2),
    // Numbers, in any unit of the family.
    ("32kb", 2), ("1024b", 17), (":32kb", 19), ("32kb:", 6), ("1kb:1mb", 19), ("2mb:", 4), ("33kb:34kb", 0),
    ("size=1kb", 1), ("request=:1kb", 16), ("size=1s", 0), ("request=1", 0),
  ])
  func focus(text: String, expected: Int64) throws {
    #expect(try kept(text) == expected)
  }

  @Test func rangesAreToldFromExpressions() throws {
    for text in ["32kb", ":5", "-3:", "+1s:2min", "key=4:5"] { #expect(try TagFilter(text).isRange, "\(text)") }
    for text in ["", ":", "kb", "1.5kb", "1:2:3", "1kb-2kb", "1kb:2s", "32kb,5"] {
      #expect(try !TagFilter(text).isRange, "\(text)")
    }
    #expect(throws: ProfileError.self) { try TagFilter("99999999999999999999") }
    #expect(throws: ProfileError.self) { try TagFilter("client=(") }
  }

  @Test func ignoreAndWhatMatched() throws {
    var result = profile
    let matches = result.filterSamplesByTag(focus: try TagFilter("client"), ignore: try TagFilter("client:x"))
    #expect(result.samples.map(\.values) == [[2]])
    #expect(matches == (focus: true, ignore: true))
    let others = result.filterSamplesByTag(ignore: try TagFilter("nobody"))
    #expect(others == (focus: true, ignore: false))
  }

  @Test func tagsByName() throws {
    var result = profile
    let matches = result.filterTagsByName(show: try Pattern("client|size"), hide: try Pattern("size"))
    #expect(matches == (show: true, hide: true))
    #expect(result.samples.map { $0.labels.keys.sorted() } == [["client"], ["client"], [], [], []])
    #expect(result.samples.allSatisfy { $0.numericLabels.isEmpty })
  }
}
