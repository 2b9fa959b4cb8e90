/// What a check came to: one line for each thing that is looked at, in a fixed order.
struct Verdict: Sendable, Codable, Equatable {
  /// How one of them came out.
  enum Mark: String, Sendable, Codable {
    case passed, failed
    /// Chance and load leave it open.
    case inconclusive
    /// It is judged once those before it have passed.
    case notJudged
  }

  /// One line.
  struct Line: Sendable, Codable, Equatable {
    var group: Judgement.Group
    var mark: Mark
    /// What was found, in a sentence; of what is not judged, when it will be.
    var text: String
  }

  var challenge: String
  var lines: [Line]
  /// Where the compiler complains, in the reader's file.
  var diagnostics: [CompilerDiagnostic] = []
  /// What it was measured with.
  var parameters: [String: Int] = [:]

  var hasPassed: Bool { !lines.isEmpty && lines.allSatisfy { $0.mark == .passed } }
  var isInconclusive: Bool { lines.contains { $0.mark == .inconclusive } && !lines.contains { $0.mark == .failed } }
  /// The groups in which something failed.
  var failed: Set<Judgement.Group> { Set(lines.filter { $0.mark == .failed }.map(\.group)) }

  /// For a terminal.
  var text: String {
    let signs: [Mark: String] = [.passed: "✓", .failed: "✗", .inconclusive: "?", .notJudged: "·"]
    let title = hasPassed ? "passed" : isInconclusive ? "inconclusive" : "not yet"
    var lines = ["\(challenge): \(title)"]
    for line in self.lines {
      lines.append("  \(signs[line.mark] ?? " ") \(line.group.rawValue.padded(to: 8))\(line.text)")
    }
    return lines.joined(separator: "\n")
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
