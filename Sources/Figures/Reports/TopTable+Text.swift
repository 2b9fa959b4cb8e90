import Analysis
import Pprof
import PprofOperations

extension TopTable {
  /// The table as pprof's report `text`.
  public var text: String {
    var text = legend.joined(separator: "\n") + "\n"
    text += "      flat  flat%   sum%        cum   cum%\n"
    for row in rows {
      let shares = [row.flat, row.flatSum].map { Units.percentage($0, of: total) }.joined(separator: " ")
      let cumShare = Units.percentage(row.cum, of: total)
      text += "\(format.string(row.flat).padded(to: 10)) \(shares) \(format.string(row.cum).padded(to: 10)) \(cumShare)"
      text += "  \(row.name)\(row.inlining.suffix)\n"
    }
    return text
  }
}

extension TopTable.Inlining {
  fileprivate var suffix: String {
    switch self {
    case .none: ""
    case .partial: " (partial-inline)"
    case .full: " (inline)"
    }
  }
}
