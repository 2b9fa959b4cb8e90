private let spaces = String(repeating: " ", count: 64)

extension String {
  /// The text with spaces before it, up to the width in characters.
  func padded(to width: Int) -> String {
    var text = ""
    text.append(self, paddedTo: width)
    return text
  }

  /// Appends spaces and a text, together of that width in characters if the text is not wider: long reports are made so, for
  /// a text in between takes as long as all else.
  mutating func append(_ text: String, paddedTo width: Int) {
    // Nearly all texts are of as many bytes as characters.
    let missing = width - (text.utf8.allSatisfy { $0 < 0x80 } ? text.utf8.count : text.unicodeScalars.count)
    if missing > spaces.utf8.count {
      append(String(repeating: " ", count: missing))
    } else if missing > 0 {
      append(contentsOf: spaces.prefix(missing))
    }
    append(text)
  }
}

/// Lines whose cells are aligned to the right, in columns as wide as needed.
///
/// Each cell but a line's last is ended by a tab. A column goes on as long as the lines that follow have a cell in it;
/// after that it begins anew.
///
///     alignedColumns([["key:", " Total"], [" ", "10:", " a"], [" ", "9:", " b"]])
///     //  key: Total
///     //       10: a
///     //        9: b
///
/// Source: Nick Gravgaard's elastic tabstops, in the form of Go's `text/tabwriter`.
func alignedColumns(_ text: String) -> String {
  var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
    $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
  }
  for column in 0..<(lines.map(\.count).max() ?? 0) {
    var start = 0
    while start < lines.count {
      let end = lines[start...].firstIndex { column >= $0.count - 1 } ?? lines.count
      let width = lines[start..<end].map { $0[column].unicodeScalars.count }.max() ?? 0
      for line in start..<end { lines[line][column] = lines[line][column].padded(to: width + 1) }
      start = end + 1
    }
  }
  return lines.map { $0.joined() }.joined(separator: "\n")
}
