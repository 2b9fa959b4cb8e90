import Analysis
import Pprof
import PprofOperations

extension Disassembly {
  /// The instructions as pprof's report `disasm`.
  public var text: String {
    var text = "Total: \(format.string(total))\n"
    for routine in routines {
      text += "ROUTINE ======================== \(routine.names[0])\n"
      for name in routine.names.dropFirst() { text += "    AKA ======================== \(name)\n" }
      text += "\(format.string(routine.flat).padded(to: 10)) \(format.string(routine.cum).padded(to: 10)) (flat, cum)"
      text += " \(Units.percentage(routine.cum, of: total)) of Total\n"
      var previous = ""
      for instruction in routine.instructions {
        // A place is written where it changes.
        let place = instruction.place
        text += line(instruction, place: place == previous ? "" : place)
        previous = place
      }
    }
    return text
  }

  private func line(_ instruction: Instruction, place: String) -> String {
    let values = [instruction.flat, instruction.cum].map { ($0 == 0 ? "." : format.string($0)).padded(to: 10) }
    let address = String(instruction.address, radix: 16).padded(to: 10)
    let code = "\(values[0]) \(values[1]) \(address): \(instruction.text)"
    if place.isEmpty { return code + "\n" }
    if instruction.text.utf8.count >= 40 { return "\("".padded(to: 74));\(place)\n\(code)\n" }
    let gap = String(repeating: " ", count: 40 - instruction.text.unicodeScalars.count)
    return "\(code)\(gap);\(place)\n"
  }
}

extension Disassembly.Instruction {
  /// Where it comes from, e.g. `decode batch.swift:12`; empty if that is unknown.
  var place: String {
    var place = function.isEmpty ? "" : function + " "
    if !file.isEmpty { place += line == 0 ? file : "\(file):\(line)" }
    return place
  }
}
