import Analysis
import Pprof
import PprofOperations

extension CallTable {
  /// The table as pprof's reports `tree` and `peek`: the callers above each place, the callees below.
  public var text: String {
    let separator = "----------------------------------------------------------+-------------\n"
    var text = legend.joined(separator: "\n") + "\n" + separator
    text += "      flat  flat%   sum%        cum   cum%   calls calls% + context \t \t \n"
    for row in rows {
      text += separator
      for call in row.callers { text += line(call, of: row) }
      let shares = [row.flat, row.flatSum].map { Units.percentage($0, of: total) }.joined(separator: " ")
      let cumShare = Units.percentage(row.cum, of: total)
      text += "\(format.string(row.flat).padded(to: 10)) \(shares) \(format.string(row.cum).padded(to: 10)) \(cumShare)"
      text += "                | \(row.name)\n"
      for call in row.callees { text += line(call, of: row) }
    }
    return hasNodes ? text + separator : text
  }

  private func line(_ call: Call, of row: Row) -> String {
    let share = Units.percentage(call.weight, of: row.cum)
    return "\(format.string(call.weight).padded(to: 50)) \(share) |   \(call.name)\(call.isInline ? " (inline)" : "")\n"
  }
}
