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
      for call in row.callers { write(call, of: row, to: &text) }
      text.append(format.string(row.flat), paddedTo: 10)
      for part in [row.flat, row.flatSum] { text += " " + Units.percentage(part, of: total) }
      text += " "
      text.append(format.string(row.cum), paddedTo: 10)
      text += " \(Units.percentage(row.cum, of: total))                | \(row.name)\n"
      for call in row.callees { write(call, of: row, to: &text) }
    }
    return hasNodes ? text + separator : text
  }

  private func write(_ call: Call, of row: Row, to text: inout String) {
    text.append(format.string(call.weight), paddedTo: 50)
    text += " "
    text += Units.percentage(call.weight, of: row.cum)
    text += " |   "
    text += call.name
    text += call.isInline ? " (inline)\n" : "\n"
  }
}
