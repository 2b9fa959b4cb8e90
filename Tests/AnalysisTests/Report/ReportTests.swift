import Pprof
import TestSupport
import Testing

@testable import Analysis

struct ReportTests {
  @Test("the total is taken before filtering, unless percentages are relative")
  func total() throws {
    var options = ReportOptions()
    options.filters.focus = "swift_allocObject"
    #expect(try Report(.decoder, kind: .text, options: options).total == 790_000_020)
    options.relativePercentages = true
    #expect(try Report(.decoder, kind: .text, options: options).total == 90_000_000)
  }

  @Test("in a comparison the total is that of the base")
  func totalOfAComparison() throws {
    let base = Profile.decoder
    let labelled = try Profile.laterDecoder.difference(from: base, isLabelled: true)
    #expect(try Report(labelled, kind: .text).total == 790_000_020)
    let drawing = try Report(labelled, kind: .dot).shownGraph()
    #expect(!drawing.nodes.contains { $0.nodelets.contains { $0.label.contains("pprof::base") } })
  }

  @Test("filters that match nothing are told, and so are mixed units")
  func notices() throws {
    var profile = Profile.decoder
    profile.samples[0].numericLabels["bytes"] = [NumericLabel(value: 1, unit: "pages")]
    var options = ReportOptions()
    options.filters.hide = "nothing like it"
    options.filters.tagIgnore = "latency=10:"
    options.filters.tagRoot = "no such key"
    let report = try Report(profile, kind: .text, options: options)
    #expect(
      report.notices == [
        "For tag bytes used unit pages, also encountered unit(s) bytes", "TagRoot expression matched no samples",
        "tagignore:Interpreted '10:' as range, not regexp", "Hide expression matched no samples",
        "TagIgnore expression matched no samples",
      ])
  }

  @Test("what cannot be done is a typed error")
  func errors() {
    func error(_ change: (inout ReportOptions) -> Void, of profile: Profile = .decoder) -> ReportError? {
      var options = ReportOptions()
      change(&options)
      do throws(ReportError) {
        _ = try Report(profile, kind: .text, options: options)
        return nil
      } catch {
        return error
      }
    }
    #expect(error { $0.divideBy = 0 } == .zeroDivisor)
    #expect(error({ _ in }, of: Profile()) == .noSampleTypes)
    #expect(
      error { $0.sampleIndex = "heat" }
        == .profile(.unknownSampleType("heat", choices: ["samples", "cpu"])))
    guard case .badExpression("focus", .badPattern("(", _))? = error({ $0.filters.focus = "(" }) else {
      Issue.record("an unclosed group is no expression")
      return
    }
  }

  @Test("kinds of reports demand options of their own")
  func adaptedOptions() {
    var options = ReportOptions()
    options.granularity = .files
    #expect(options.adapted(to: .text).nodeCount == 0)
    #expect(options.adapted(to: .tree).nodeCount == 80)
    #expect(options.adapted(to: .tree).nodeFraction == 0.005)
    #expect(options.adapted(to: .peek).nodeFraction == 0)
    #expect(options.adapted(to: .peek).granularity == .files)
    #expect(options.adapted(to: .list).granularity == .lines)
    #expect(options.adapted(to: .callgrind).granularity == .addresses)
    options.nodeCount = 5
    #expect(options.adapted(to: .dot).nodeCount == 5)
    #expect(options.adapted(to: .raw).nodeCount == 0)
  }
}
