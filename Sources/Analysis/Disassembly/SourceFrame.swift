import JSON

/// A place in the source: a function, its file and a line.
struct SourceFrame: Sendable, Hashable {
  /// The function as the linker has it; empty if unknown.
  var function: String
  /// The file; empty if unknown.
  var file: String
  /// The line; 0 if unknown.
  var line: Int

  /// A line as files have them; 0 for what can be none.
  static func line(_ number: Int64) -> Int { (0...1 << 30).contains(number) ? Int(number) : 0 }
}

extension SourceFrame {
  /// The frames that `llvm-symbolizer --output-style=JSON` prints, a line for each address; nil if it is not that.
  static func frames(inSymbolizer text: String, count: Int) -> [[SourceFrame]]? {
    let lines = text.split(separator: "\n")
    guard lines.count == count else { return nil }
    return try? lines.map { line in
      let value = try JSONReader.value(of: Array(line.utf8))
      guard case .array(let symbols)? = value.optional("Symbol") else { return [] }
      return try symbols.map { symbol in
        SourceFrame(
          function: try symbol.member("FunctionName"), file: try symbol.member("FileName"),
          line: Self.line(Int64(try symbol.member("Line") as Int)))
      }
    }
  }

  /// The frames that `addr2line -aif` prints: the address in a line, and two lines a frame, the function and `file:line`.
  ///
  /// Source: google/pprof, `internal/binutils/addr2liner.go` (`readFrame`).
  static func frames(inAddr2Line text: String, count: Int) -> [[SourceFrame]]? {
    var all: [[SourceFrame]] = []
    var lines = text.split(separator: "\n")[...]
    while let first = lines.popFirst() {
      if first.hasPrefix("0x") {
        all.append([])
      } else if let place = lines.popFirst(), !all.isEmpty {
        let end = place.firstRange(of: " (discriminator")?.lowerBound ?? place.endIndex
        let file = place[..<end].droppingNumber
        let frame = SourceFrame(function: known(first), file: known(file.text), line: line(file.number))
        if frame != SourceFrame(function: "", file: "", line: 0) { all[all.count - 1].append(frame) }
      }
    }
    return all.count == count ? all : nil
  }

  private static func known(_ text: Substring) -> String { text == "??" ? "" : String(text) }
}

extension Substring {
  /// The text before the last colon and the number behind it; all of it and 0 if that is none.
  fileprivate var droppingNumber: (text: Substring, number: Int64) {
    guard let colon = lastIndex(of: ":"), let number = Int64(self[index(after: colon)...]) else { return (self, 0) }
    return (self[..<colon], number)
  }
}
