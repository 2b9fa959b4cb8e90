import Analysis

extension Reproduction {
  /// The verdict in a line, what differs between the machines, and every claim with both values.
  var text: String {
    var lines = [verdict]
    lines += machines.map { "  \($0.name): \($0.published) published, \($0.here) here" }
    if !hasSameShape { lines.append(reasons) }
    guard !rows.isEmpty else { return lines.joined(separator: "\n") }
    let titles = ["", "published", "here", "bound", "what was measured"]
    let cells = rows.map { [Self.mark($0.outcome), $0.published, $0.here, $0.bound, "\($0.question) (\($0.capture))"] }
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
      return "  A debug build spends its time elsewhere: ./lab builds in release."
    }
    return machines.isEmpty
      ? "  The machines are alike: other load while it ran may be the reason, or chance. Run it again."
      : "  That the machines differ may be the reason, or other load while it ran, or chance. Run it again."
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
