import Pprof
import TestSupport
import Testing

@testable import Analysis

struct LegendTests {
  @Test("says what the profile is, what is shown of it and what was left out")
  func legend() throws {
    var options = ReportOptions()
    options.nodeFraction = 0.2
    options.nodeCount = 3
    options.filters.focus = "decode"
    options.filters.tagHide = String(repeating: "x", count: 81)
    let report = try Report(.decoder, kind: .text, options: options)
    #expect(
      report.topTable().legend == [
        "File: app", "Build ID: abc0", "3 samples lost", "Type: cpu",
        "Duration: 1.50s, Total samples = 790ms (52.67%)", "Active filters:", "   focus=decode",
        "   taghide=" + String(repeating: "x", count: 72) + "…",
        "Showing nodes accounting for 540ms, 68.35% of 790ms total", "Dropped 1 node (cum <= 158ms)",
        "Showing top 3 nodes out of 6",
      ])
    options.compactLabels = true
    options.filters = .init()
    options.trim = false
    let compact = try Report(.decoder, kind: .text, options: options).topTable().legend
    #expect(compact == ["Showing nodes accounting for 790000.02us, 100% of 790000.02us total"])
  }

  @Test("a drawing says more, and where to read more")
  func drawing() throws {
    var options = ReportOptions()
    options.compactLabels = true
    options.nodeFraction = 0
    options.nodeCount = 0
    options.edgeFraction = 0.05
    let legend = try Report(.decoder, kind: .dot, options: options).shownGraph().legend
    #expect(legend.first == "File: app")
    #expect(legend.last == "\nSee https://git.io/JfYMW for how to read the graph")
    #expect(legend.contains("Dropped 3 edges (freq <= 39500us)"))
  }

  @Test("the date command agrees on the local time", .enabled(if: Tool("date") != nil, "there is no date command"))
  func localTime() throws {
    let date = try #require(Tool("date"))
    for seconds in [0, 1_700_000_000, 1_720_000_000, -1] {
      let expected = try date.run(["-d", "@\(seconds)", "+%Y-%m-%d %H:%M:%S %Z|%Y-%m-%d %H:%M:%S.5 %z %Z"])
      let time = LocalTime(Int64(seconds) * 1_000_000_000 + 500_000_000)
      #expect("\(time.text)|\(time.preciseText)\n" == expected)
    }
  }

  @Test("UTC is UTC whatever the environment says")
  func universalTime() {
    #expect(LocalTime(1_700_000_000_500_000_000, in: .utc).text == "2023-11-14 22:13:20 UTC")
    #expect(LocalTime(1_700_000_000_500_000_000, in: .utc).preciseText == "2023-11-14 22:13:20.5 +0000 UTC")
  }

  @Test("a time of whole seconds has no fraction")
  func wholeSeconds() {
    let time = LocalTime(1_700_000_000_000_000_000)
    #expect(!time.preciseText.contains("."))
    #expect(time.preciseText.split(separator: " ").count == 4)
  }
}
