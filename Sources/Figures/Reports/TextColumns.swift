extension String {
  /// The text with spaces before it, up to the width in characters.
  func padded(to width: Int) -> String {
    // Nearly all texts are of as many bytes as characters.
    let missing = width - (utf8.allSatisfy { $0 < 0x80 } ? utf8.count : unicodeScalars.count)
    return missing > 0 ? String(repeating: " ", count: missing) + self : self
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
