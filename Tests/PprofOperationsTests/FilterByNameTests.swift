import Patterns
import Pprof
import TestSupport
import Testing

@testable import PprofOperations

@Suite struct FilterByNameTests {
  private let profile: Profile

  init() {
    var builder = ProfileBuilder("samples/count")
    builder.add("main@main.swift:1;work@work.swift:2;parse@parse.swift:3", 1)
    builder.add("main@main.swift:1;wait@wait.swift:4", 2)
    builder.add([["main@main.swift:1"], ["outer@o.swift:5", "inner@i.swift:6"]], values: [4])
    profile = builder.profile
  }

  private func filtered(
    focus: String? = nil, ignore: String? = nil, hide: String? = nil, show: String? = nil
  ) throws -> (stacks: [String], matches: NameMatches) {
    var result = profile
    let matches = result.filterSamplesByName(
      focus: try focus.map { try Pattern($0) }, ignore: try ignore.map { try Pattern($0) },
      hide: try hide.map { try Pattern($0) }, show: try show.map { try Pattern($0) })
    return (result.foldedStacks, matches)
  }

  @Test func focusKeepsSamplesWithAMatch() throws {
    let result = try filtered(focus: "pars")
    #expect(result.stacks == ["main;work;parse: 1"])
    #expect(result.matches.focus && !result.matches.ignore)
  }

  @Test func filesAndMappingsMatchToo() throws {
    #expect(try filtered(focus: "wait\\.swift").stacks == ["main;wait: 2"])
    #expect(try filtered(focus: "/bin/app").stacks.count == 3)
  }

  @Test func ignoreWinsOverFocus() throws {
    let result = try filtered(focus: "main", ignore: "wait|inner")
    #expect(result.stacks == ["main;work;parse: 1"])
    #expect(result.matches.focus && result.matches.ignore)
  }

  @Test func hideRemovesFramesAndSamplesWithoutAny() throws {
    let result = try filtered(hide: "main|wait|inner")
    #expect(result.stacks == ["work;parse: 1", "outer: 4"])
    #expect(result.matches.hide && result.matches.focus)
  }

  @Test func showKeepsOnlyMatches() throws {
    let result = try filtered(show: "work|inner")
    #expect(result.stacks == ["work: 1", "inner: 4"])
    #expect(result.matches.show)
    #expect(try filtered(hide: "inner", show: "inner|outer").stacks == ["outer: 4"])
  }

  @Test func nothingMatches() throws {
    let result = try filtered(focus: "nobody", ignore: "nobody", hide: "nobody", show: "nobody")
    #expect(result.stacks.isEmpty)
    #expect(result.matches == NameMatches())
    var matches = NameMatches()
    matches.focus = true
    #expect(try filtered().matches == matches)
  }

  @Test(arguments: [
    ("main", ["main;work;parse;work: 1", "main;wait: 2"]), ("work", ["work;parse;work: 1"]),
    ("parse", ["parse;work: 1"]), ("nobody", []),
  ])
  func showFromTheHighestMatch(expression: String, expected: [String]) throws {
    var builder = ProfileBuilder("samples/count")
    builder.add("main;work;parse;work", 1)
    builder.add("main;wait", 2)
    var result = builder.profile
    let matches = try result.showFrom(Pattern(expression))
    #expect(matches == !expected.isEmpty)
    #expect(result.foldedStacks == expected)
  }

  @Test(arguments: [
    ("main", ["main: 1", "main: 2"]), ("work", ["main;work: 1"]), ("parse", ["main;work;parse: 1"]),
    ("wait", ["main;wait: 2"]), ("nobody", []),
  ])
  func showToTheHighestMatch(expression: String, expected: [String]) throws {
    var builder = ProfileBuilder("samples/count")
    builder.add("main;work;parse;work", 1)
    builder.add("main;wait", 2)
    var result = builder.profile
    let matches = try result.showTo(Pattern(expression))
    #expect(matches == !expected.isEmpty)
    #expect(result.foldedStacks == expected)
  }

  @Test func showToCutsInlinedFrames() throws {
    var result = profile
    try result.showTo(Pattern("outer"))
    #expect(result.foldedStacks == ["main;outer: 4"])
    let matchesNothing = result.showTo(nil)
    #expect(!matchesNothing && result.samples.count == 1)
  }

  @Test func showFromCutsInlinedFrames() throws {
    var result = profile
    try result.showFrom(Pattern("inner"))
    #expect(result.foldedStacks == ["inner: 4"])
    let matchesNothing = result.showFrom(nil)
    #expect(!matchesNothing && result.samples.count == 1)
  }
}
