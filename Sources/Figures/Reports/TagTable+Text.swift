import Analysis
import Pprof
import PprofOperations

extension TagTable {
  /// The labels as pprof's report `tags`.
  public var text: String {
    var text = ""
    for key in keys {
      let whole = total > 0 ? " (\(share(key.value)))" : ""
      text += "\(key.name):\t Total \(format.string(key.value)) of \(format.string(total))\(whole)\n"
      for tag in key.tags {
        text += " \t\(format.string(tag.value))\(total > 0 ? " (\(share(tag.value)))" : ""):\t \(tag.name)\n"
      }
      text += "\n"
    }
    return alignedColumns(text)
  }

  private func share(_ value: Int64) -> String { Units.percentage(value, of: total) }
}
