import Testing

@testable import Findings

/// What a finding says, and whether it comes back from a profile's comments as it was.
struct FindingTests {
  /// One of each kind, with all that it has.
  private static let findings = Finding.Kind.allCases.map { kind in
    Finding(
      kind, subject: "Server.answer(_:) at Server.swift:31", count: 12_345,
      measured: [.longest: 1_010_000_000, .sum: 48_000_000_000, .mean: 850, .outOf: 13_000], on: "sleep")
  }

  @Test(arguments: findings)
  func `a sentence has the code, the numbers, the bound and the lesson`(finding: Finding) {
    let sentence = finding.sentence
    #expect(sentence.contains("Server.answer(_:) at Server.swift:31"))
    #expect(sentence.contains(finding.kind.rawValue))
    #expect(sentence.contains(finding.kind.threshold))
    #expect(sentence.hasSuffix("lesson \(finding.kind.lesson))"))
    #expect(!sentence.contains("\n"))
    let numbers = ["12,345", "94 %", "1 s", "48 s", "850 ns"]
    #expect(numbers.contains { sentence.contains($0) }, "\(sentence)")
  }

  @Test(arguments: findings)
  func `comments keep a finding`(finding: Finding) {
    #expect(Finding.all(in: ["made: 3"] + finding.comments + ["# not for you"]) == [finding])
    #expect(finding.comments.filter(Finding.isSentence).count == 1)
  }

  @Test func `a name of any letters stays on its line`() {
    let finding = Finding(.selfWakes, subject: "a\tb\nc=d \"e\"", count: 1)
    #expect(finding.comments.allSatisfy { !$0.contains { $0.isNewline } })
    #expect(Finding.all(in: finding.comments).map(\.subject) == ["a b c=d \"e\""])
  }

  @Test(arguments: [
    "#finding", "#finding\tunheard-of\tcount=1\tsubject=f()", "#finding\tself-wakes\tcount=many\tsubject=f()",
    "#finding\tself-wakes\tcount=1", "#finding\tself-wakes\tcount\tsubject=f()", "#finding self-wakes count=1", "",
    "#finding\tself-wakes\tcount=99999999999999999999\tsubject=f()",
  ])
  func `what is no finding is left out`(comment: String) {
    #expect(Finding.all(in: [comment]).isEmpty)
  }

  @Test func `the gravest kind is told first, and of a kind the worst`() {
    let short = Finding(.poolStarved, subject: "a()", count: 9, measured: [.sum: 1])
    let long = Finding(.poolStarved, subject: "b()", count: 1, measured: [.sum: 2])
    let small = Finding(.tooSmall, subject: "c()", count: 1_000_000)
    #expect([small, short, long].sorted() == [long, short, small])
  }

  @Test(arguments: [
    (0, "0 ns"), (999, "999 ns"), (1_000, "1 µs"), (2_560, "2.5 µs"), (15_900, "15 µs"), (1_010_000_000, "1 s"),
    (4_200_000_000, "4.2 s"), (12_345_000_000_000, "12,345 s"),
  ])
  func `times in words`(nanoseconds: Int, expected: String) {
    #expect(words(nanoseconds) == expected)
  }
}
