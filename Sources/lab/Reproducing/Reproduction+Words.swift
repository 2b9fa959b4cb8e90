import Analysis

extension Reproduction {
  /// The verdict in a line, what came out otherwise and why that may be, and every claim with both values: those first that
  /// do not hold, then those that moved.
  var text: String {
    var lines = [verdict]
    if !hasSameShape { lines.append("  \(reasons)") }
    lines += machines.map { "  \($0.name): \($0.published) published, \($0.here) here" }
    guard !rows.isEmpty else { return lines.joined(separator: "\n") }
    let titles = ["", "published", "here", "bound", "what was measured"]
    let cells = ordered.map { row in
      var words = "\(row.question) (\(row.capture))"
      if case .missing(let why) = row.outcome { words += ": \(why)" }
      return [Self.mark(row.outcome), row.published, row.here, row.bound, words]
    }
    let widths = titles.indices.map { column in ([titles] + cells).map { $0[column].count }.max() ?? 0 }
    lines.append("")
    for row in [titles] + cells {
      let padded = zip(row, widths).map { $0 + String(repeating: " ", count: max($1 - $0.count, 0)) }
      var line = padded.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      lines.append(line)
    }
    return lines.joined(separator: "\n")
  }

  /// What a reader looks for first comes first; the rest as the page has it.
  private var ordered: [Row] {
    func rank(_ outcome: Outcome) -> Int {
      switch outcome {
      case .differs: 0
      case .missing: 1
      case .moved: 2
      case .same, .holds: 3
      }
    }
    return rows.enumerated().sorted { (rank($0.element.outcome), $0.offset) < (rank($1.element.outcome), $1.offset) }
      .map(\.element)
  }

  /// `Same shape: all 31 claims hold here; 2 moved further than chance.`
  var verdict: String {
    if rows.isEmpty { return "No claim is made of it." }
    let moved = rows.count { $0.outcome == .moved }
    let also = moved == 0 ? "" : "; \(moved) moved further than chance would have \(moved == 1 ? "it" : "them")"
    if hasSameShape { return "Same shape: all \(Self.counted(rows.count, "claim")) hold here\(also)." }
    return "Not the same shape: \(holding) of \(Self.counted(rows.count, "claim")) hold here\(also)."
  }

  /// Why it may have come out otherwise.
  private var reasons: String {
    if machines.contains(where: { $0.name == "build" && $0.here == "debug" }) {
      return "A debug build spends its time elsewhere: ./lab builds in release."
    }
    return machines.isEmpty
      ? "The machines are alike, so other load while it ran may be the reason, or chance: run it again with --anew."
      : "That the machines differ may be the reason, as said below, or other load while it ran, or chance: --anew runs it again."
  }

  static func mark(_ outcome: Outcome) -> String {
    switch outcome {
    case .same: "same"
    case .moved: "moved"
    case .holds: "holds"
    case .differs: "DIFFERS"
    case .missing: "MISSING"
    }
  }

  private static func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}
