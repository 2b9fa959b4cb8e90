/// The places of a profile, sorted by what they cost.
public struct TopTable: Sendable {
  /// What the profile is, what is shown of it and what was left out, a line each.
  public let legend: [String]
  /// The value that percentages refer to.
  public let total: Int64
  /// How values are written.
  public let format: ValueFormat
  /// The places, the weightiest first.
  public let rows: [Row]

  /// The first rows, and of those further down the ones that are there because they are kept.
  public func leading(_ count: Int) -> (rows: ArraySlice<Row>, kept: [Row]) {
    let leading = rows.prefix(count)
    return (leading, rows.dropFirst(leading.count).filter { $0.keptRank != nil })
  }

  /// A place and what it costs.
  public struct Row: Sendable, Hashable {
    /// The place's name in one line.
    public let name: String
    /// The place.
    public let frame: Frame
    /// The value of the place itself.
    public let flat: Int64
    /// The flat values up to this row, inclusively.
    public let flatSum: Int64
    /// The value of the place and all that it calls.
    public let cum: Int64
    /// Whether calls of it were inlined.
    public let inlining: Inlining
    /// Its place in the order of all places, from 1; known of the rows that are there because they are kept.
    public let keptRank: Int?
  }

  /// Which of the calls of a place were inlined.
  public enum Inlining: Sendable, Hashable {
    /// None was.
    case none
    /// Some were.
    case partial
    /// All were.
    case full
  }
}

extension Report {
  /// The sorted places of the profile.
  public func topTable() -> TopTable {
    let trimmed = trimmedGraph()
    var flatSum: Int64 = 0
    let rows = trimmed.graph.shownNodes.map { node -> TopTable.Row in
      flatSum &+= node.flat
      return TopTable.Row(
        name: node.name, frame: node.frame, flat: node.flat, flatSum: flatSum, cum: node.cum,
        inlining: trimmed.graph.inlining(of: node), keptRank: trimmed.keptRanks[node.frame])
    }
    return TopTable(legend: legend(of: trimmed), total: total, format: trimmed.format, rows: rows)
  }
}

extension CallGraph {
  fileprivate func inlining(of node: Node) -> TopTable.Inlining {
    let inlined = node.incoming.count { edges[$0].isInline }
    return inlined == 0 ? .none : inlined == node.incoming.count ? .full : .partial
  }
}
