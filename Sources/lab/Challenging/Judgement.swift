import Analysis
import Foundation
import Profiling

/// One thing that has to be so: a claim on a capture of the reader's program, or a time beside another program's.
struct Judgement: Sendable {
  /// What it tells of, in the order in which verdicts have them.
  enum Group: String, Sendable, CaseIterable, Codable {
    /// The program uses nothing by which it could reach its judge.
    case allowed
    /// It compiles, and fits what runs it.
    case builds
    /// Its output is that of the solution.
    case right
    /// The fault is gone.
    case gone
    /// No other came in its stead.
    case new
  }

  /// What is asked.
  enum Question: Sendable {
    /// Of a capture of this kind, of a series the one after a round; the solution's is the capture of the variant `fixed`.
    case claim(kind: ProfileKind, round: Int?, Claim)
    /// Whether a round takes less than `ratio` of what it takes another program, by so many seconds at least, in pairs of runs.
    case faster(than: Rival, ratio: Double, seconds: Double, of: Resource)
  }

  /// What a program is compared with.
  enum Rival: String, Sendable, Codable { case attempt, solution }
  /// What is compared.
  enum Resource: String, Sendable, Codable { case cpu, wall }

  let group: Group
  let question: Question
  /// What it comes to if it is not so: `{measured}` and `{bound}` stand for both.
  let says: String

  init(_ group: Group, kind: ProfileKind, _ claim: Claim, says: String) {
    (self.group, question, self.says) = (group, .claim(kind: kind, round: nil, claim), says)
  }

  /// As `challenge.yml` has it.
  struct Written: Decodable {
    struct Faster: Decodable {
      var than: Rival
      var ratio: Double
      var seconds: Double
      var of: Resource
    }
    var gone: String?
    var new: String?
    var faster: Faster?
    var says: String
  }

  init(_ written: Written) throws {
    says = written.says
    if let faster = written.faster {
      group = .gone
      question = .faster(than: faster.than, ratio: faster.ratio, seconds: faster.seconds, of: faster.of)
      return
    }
    guard let text = written.gone ?? written.new, written.gone == nil || written.new == nil else {
      throw LabError.failed("a judgement is one of gone, new, faster")
    }
    group = written.gone != nil ? .gone : .new
    let parts = text.split(separator: "?", maxSplits: 1).map(String.init)
    let name = CaptureName(scenario: "", variant: "", kind: parts.first ?? "")
    guard parts.count == 2, let kind = ProfileKind.named(name.profileKind) else {
      throw LabError.failed("'\(text)' is not KIND?value=…&within=…")
    }
    question = .claim(kind: kind, round: name.round, try Claim(items: Self.items(parts[1])))
  }

  private static func items(_ query: String) -> [(name: String, value: String)] {
    query.split(separator: "&").map { item in
      let pair = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      return (pair[0], pair.count == 2 ? pair[1].removingPercentEncoding ?? pair[1] : "")
    }
  }

  /// What it says of something measured.
  func sentence(measured: String, bound: String) -> String {
    says.replacing("{measured}", with: measured).replacing("{bound}", with: bound)
  }
}
