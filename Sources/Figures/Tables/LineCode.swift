import Analysis

/// The machine code that was made of a line of source.
struct LineCode {
  let instructions: [WebListing.Instruction]
  let format: ValueFormat

  /// Writes it in columns: flat, cum, address, words, and the place that an instruction was inlined from.
  ///
  /// Calls that were inlined stand before the instructions that they were made into.
  func write(to out: inout Markup) {
    out.element("pre", ["class": "asm"]) { out in
      var last = ""
      for instruction in instructions {
        if instruction.startsBlock { out.text("\("⋮".padded(to: 25))\n") }
        for call in instruction.calls {
          let text = call.text.trimmingBlanks
          let place = "\(base(call.file)):\(call.line)"
          out.text("\("".padded(to: 28))\(indent(call.depth))")
          out.element("i", text: text.isEmpty ? place : "\(text)  \(place)")
          out.raw("\n")
        }
        guard let words = instruction.text else { continue }
        let place = instruction.depth > 0 && instruction.place.line > 0 ? self.place(of: instruction) : ""
        paint(instruction, words, place: place == last ? "" : place, to: &out)
        last = place
      }
    }
  }

  private func paint(_ instruction: WebListing.Instruction, _ words: String, place: String, to out: inout Markup) {
    let values = [instruction.flat, instruction.cum].map { ($0 == 0 ? "" : format.string($0)).padded(to: 8) }
    let address = String(instruction.address, radix: 16).padded(to: 9)
    let text = "\(values[0]) \(values[1]) \(address)  \(indent(instruction.depth))\(words)"
    if instruction.cum == 0 { out.text(text) } else { out.element("b", text: text) }
    if !place.isEmpty { out.element("small", text: "  \(place)") }
    out.raw("\n")
  }

  private func place(of instruction: WebListing.Instruction) -> String {
    "\(base(instruction.place.file)):\(instruction.place.line)"
  }

  private func indent(_ depth: Int) -> String { String(repeating: "  ", count: min(depth, 20)) }

  private func base(_ file: String) -> Substring { file.split(separator: "/").last ?? "?" }
}
