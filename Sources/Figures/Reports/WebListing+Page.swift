import Analysis
import Pprof
import PprofOperations

extension WebListing {
  /// The listing as the page that pprof's report `weblist` is. A click on a line opens its machine code.
  ///
  /// What stands in the page's body is pprof's to the byte, the styles and the script are not.
  /// - Parameter title: the program and what was measured.
  public func page(title: String) -> String {
    var text =
      "<!DOCTYPE html>\n<html>\n<head>\n  <meta charset=\"utf-8\">\n  <title>\(title.escapedForPprof)</title>\n"
    text += "<style>\n\(String(decoding: PackageResources.weblist_css, as: UTF8.self))</style>\n"
    text += "<script>\n\(String(decoding: PackageResources.weblist_js, as: UTF8.self))</script>\n</head>\n<body>\n\n"
    text += "<div class=\"legend\">\(legend.map(\.escapedForPprof).joined(separator: "<br>\n"))"
    text += "<br>Total: \(format.string(total).escapedForPprof)</div>"
    for function in functions { text += self.text(of: function) }
    return text + "\n</body>\n</html>\n"
  }

  private func text(of function: Function) -> String {
    let values = columns(format.string(function.flat), format.string(function.cum))
    var text = "<h2>\(function.name.escapedForPprof)</h2><p class=\"filename\">\(function.file.escapedForPprof)</p>\n"
    text += "<pre onClick=\"pprof_toggle_asm(event)\">\n"
    text += "  Total:  \(values) (flat, cum) \(Units.percentage(function.cum, of: total))".escapedForPprof
    for line in function.lines { text += self.text(of: line) }
    return text + "\n</pre>\n"
  }

  private func text(of line: Line) -> String {
    let hasCode = line.instructions.contains { $0.text != nil || $0.depth > 0 }
    let style = line.instructions.isEmpty ? "nop" : hasCode ? "livesrc" : "deadsrc"
    var text = "\n<span class=line> \(String(line.number).padded(to: 6))</span> <span class=\(style)>"
    text += "  \(columns(orDot(line.flat), orDot(line.cum))) \("".padded(to: 8))  \(line.text) ".escapedForPprof
    text += "</span>"
    if !hasCode { return text }
    text += "<span class=asm>"
    let indent = line.text.indentation + 4
    for instruction in line.instructions {
      if instruction.startsBlock { text += " \("".padded(to: 8)) \("⋮".padded(to: 28))\n" }
      for call in instruction.calls {
        let source = String(repeating: " ", count: indent + 4 * call.depth) + call.text.trimmed
        text += " \("".padded(to: 8)) \("".padded(to: 10)) \("".padded(to: 10)) \("".padded(to: 8))  "
        text += "<span class=inlinesrc>\(source.paddedRight(to: 80).escapedForPprof)</span> "
        text += "<span class=unimportant>\(base(call.file).escapedForPprof):\(call.line)</span>\n"
      }
      guard let code = instruction.text else { continue }
      let shown = (String(repeating: " ", count: indent + 4 * instruction.depth) + code).paddedRight(to: 80)
      let address = String(instruction.address, radix: 16).padded(to: 8)
      let values = columns(orDot(instruction.flat), orDot(instruction.cum))
      text += " \("".padded(to: 8)) \(values) \(address): \(shown) ".escapedForPprof
      let place = instruction.place.file.isEmpty ? "" : "\(base(instruction.place.file)):\(instruction.place.line)"
      text += "<span class=unimportant>\(place.escapedForPprof)</span>\n"
    }
    return text + "</span>"
  }

  private func columns(_ flat: String, _ cum: String) -> String { "\(flat.padded(to: 10)) \(cum.padded(to: 10))" }

  private func orDot(_ value: Int64) -> String { value == 0 ? "." : format.string(value) }

  private func base(_ file: String) -> Substring { file.split(separator: "/").last ?? (file.isEmpty ? "." : "/") }
}

extension String {
  /// The text as Go's package `html/template` writes it into a page.
  fileprivate var escapedForPprof: String {
    var text = ""
    text.reserveCapacity(utf8.count)
    for scalar in unicodeScalars {
      switch scalar {
      case "&": text += "&amp;"
      case "<": text += "&lt;"
      case ">": text += "&gt;"
      case "\"": text += "&#34;"
      case "'": text += "&#39;"
      case "+": text += "&#43;"
      case "\0": text += "\u{FFFD}"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }

  /// How far the text is indented, tabs going to the next eighth column.
  fileprivate var indentation: Int {
    var column = 0
    for scalar in unicodeScalars {
      switch scalar {
      case " ": column += 1
      case "\t": column = (column / 8 + 1) * 8
      default: return column
      }
    }
    return column
  }

  /// The text without white space at its ends.
  fileprivate var trimmed: Substring {
    guard let last = lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return self[...last].drop(while: \.isWhitespace)
  }

  /// The text with spaces for tabs, and behind it up to a column.
  fileprivate func paddedRight(to width: Int) -> String {
    var text = ""
    var column = 0
    for scalar in unicodeScalars {
      if scalar == "\t" {
        let next = (column / 8 + 1) * 8
        text += String(repeating: " ", count: next - column)
        column = next
      } else {
        text.unicodeScalars.append(scalar)
        column += 1
      }
    }
    return column < width ? text + String(repeating: " ", count: width - column) : text
  }
}

extension Substring {
  fileprivate var escapedForPprof: String { String(self).escapedForPprof }
}
