import Analysis
import Pprof
import PprofOperations

extension SourceListing {
  /// The lines as pprof's report `list`.
  public var text: String {
    var text = "Total: \(format.string(total))\n"
    for function in functions {
      if function.files.isEmpty { text += "No source information for \(function.name)\n" }
      for file in function.files {
        text += "ROUTINE ======================== \(function.name) in \(file.name)\n"
        text += "\(columns(format.string(file.flat), format.string(file.cum))) (flat, cum)"
        text += " \(Units.percentage(file.cum, of: total)) of Total\n"
        switch file.lines {
        case .failure(let error):
          text += " Error: \(error)\n"
        case .success(let lines):
          for line in lines {
            text += "\(columns(orDot(line.flat), orDot(line.cum))) \(String(line.number).padded(to: 6)):\(line.text)\n"
          }
        }
      }
    }
    return text
  }

  private func columns(_ flat: String, _ cum: String) -> String { "\(flat.padded(to: 10)) \(cum.padded(to: 10))" }

  private func orDot(_ value: Int64) -> String { value == 0 ? "." : format.string(value) }
}
