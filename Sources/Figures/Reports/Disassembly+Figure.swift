import Analysis

extension Disassembly {
  /// The instructions as tables, each line with its heat, in the look of annotated source.
  /// - Parameter type: what is measured, e.g. `cpu`.
  public func figure(type: String) -> Figure {
    Figure(body: body(type), alt: alt, table: table, functions: routines.flatMap(\.names))
  }

  private var alt: String {
    guard let heaviest = routines.max(by: { $0.cum < $1.cum }) else { return "No machine code." }
    return "Machine code of \(routines.count == 1 ? "" : "\(routines.count) functions, of them ")"
      + "\(heaviest.names[0]), which takes \(format.string(heaviest.cum)) of \(format.string(total))."
  }

  private func body(_ type: String) -> String {
    let meaning = NumberMeaning(type: type, isDifference: false)
    return wrapFigure("source", title: "", alt: alt) { out in
      for routine in routines { paint(routine, meaning, to: &out) }
    }
  }

  private func paint(_ routine: Routine, _ meaning: NumberMeaning, to out: inout Markup) {
    out.raw("<p class=\"figure-title\"><code>")
    out.text(routine.names.joined(separator: ", "))
    out.raw("</code> <small>flat ")
    out.text(format.string(routine.flat))
    out.raw(" · cum ")
    out.text("\(format.string(routine.cum)) (\(Quantity.share(routine.cum, of: total)))")
    out.raw("</small></p><div class=\"pan\" tabindex=\"0\"><table><thead><tr><th scope=\"col\" class=\"num\">Flat</th>")
    out.raw("<th scope=\"col\" class=\"num\">Cum</th><th scope=\"col\" class=\"num\">Address</th>")
    out.raw("<th scope=\"col\">Instruction</th><th scope=\"col\">Place</th></tr></thead><tbody>")
    var previous = ""
    for instruction in routine.instructions {
      let address = String(instruction.address, radix: 16)
      out.raw("<tr class=\"")
      out.text(instruction.cum == 0 ? "" : HeatStep(instruction.cum, of: total).boxClass)
      out.raw("\">")
      for (value, isFlat) in [(instruction.flat, true), (instruction.cum, false)] {
        let text = value == 0 ? "" : format.string(value)
        out.raw("<td class=\"num\"")
        out.title(meaning.line(text, address, isFlat: isFlat))
        out.raw(">")
        out.text(text)
        out.raw("</td>")
      }
      out.raw("<td class=\"num\">")
      out.text(address)
      out.raw("</td><td>")
      out.element("code", ["class": "op"], text: instruction.text)
      out.raw("</td><td>")
      let place = instruction.place
      out.text(place == previous ? "" : place)
      previous = place
      out.raw("</td></tr>\n")
    }
    out.raw("</tbody></table></div>")
  }

  private var table: DataTable {
    var table = DataTable(columns: [
      .init("Function"), .init("Address", alignment: .trailing), .init("Flat", alignment: .trailing),
      .init("Cum", alignment: .trailing), .init("Instruction"), .init("Place"),
    ])
    for routine in routines {
      for instruction in routine.instructions where instruction.cum != 0 || instruction.flat != 0 {
        table.rows.append([
          routine.names[0], String(instruction.address, radix: 16), format.string(instruction.flat),
          format.string(instruction.cum), instruction.text, instruction.place,
        ])
      }
    }
    return table
  }
}
