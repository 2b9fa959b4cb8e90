/// Breaks a function's name into lines of limited width, at the joints a reader would choose.
///
/// ```swift
/// wrapName("FetchResponse.Partition.init(from:version:)", width: 110, size: 8, lines: 4)
/// // ["FetchResponse.", "Partition.", "init(from:version:)"]
/// ```
/// A line is broken behind `.`, `/`, `::` and a space first. A part that is too wide by itself is broken behind `(`,
/// `:`, `,`, `<`, `>` and `-`, then before a capital letter within a word, then anywhere; but it may stand out by a
/// quarter if that keeps it whole. No line is wider than `1.25 * width`. When there are more than `lines`, the last
/// one ends in an ellipsis.
func wrapName(_ name: String, width: Double, size: Double, lines limit: Int) -> [String] {
  let widest = width * 1.25
  // A name so long is cut anyway: no need to measure all of it.
  var rest = pieces(of: String(name.prefix(2_000)), behind: outerJoints).flatMap { part in
    TextWidth.of(part, size: size) <= widest ? [part] : pieces(of: part, behind: innerJoints)
  }[...]
  var lines: [String] = []
  var line = ""
  while let piece = rest.first {
    if TextWidth.of(line + piece, size: size) <= (line.isEmpty ? widest : width) {
      line += piece
      rest.removeFirst()
    } else if line.isEmpty {
      let (head, tail) = split(piece, width: width, size: size)
      line = head
      rest[rest.startIndex] = tail
      if tail.isEmpty { rest.removeFirst() }
    } else {
      lines.append(line)
      line = ""
      if lines.count == limit { break }
    }
  }
  if lines.count < limit, !line.isEmpty { lines.append(line) }
  if !rest.isEmpty, let last = lines.popLast() { lines.append(cut(last + "…", width: width, size: size)) }
  return lines.map { trimmed($0) }
}

/// Text no wider than `width`: whole, or its beginning with an ellipsis.
func cut(_ text: String, width: Double, size: Double) -> String {
  if TextWidth.of(text, size: size) <= width { return text }
  var kept = Substring(text)
  if kept.last == "…" { kept.removeLast() }
  while !kept.isEmpty, TextWidth.of(kept + "…", size: size) > width { kept.removeLast() }
  return kept + "…"
}

/// The name taken apart at its joints; together they are the name again.
private func pieces(of name: String, behind joints: Set<Character>) -> [String] {
  var pieces: [String] = []
  var piece = ""
  for character in name {
    if let last = piece.last, joints.contains(last), !joints.contains(character) {
      pieces.append(piece)
      piece = ""
    }
    piece.append(character)
  }
  if !piece.isEmpty { pieces.append(piece) }
  return pieces
}

private let outerJoints: Set<Character> = [".", " ", "/"]
private let innerJoints: Set<Character> = [".", ":", ",", "(", "<", ">", "-", " ", "/"]

/// As many characters as fit, at least one, and the others; a whole word if one fits.
private func split(_ piece: String, width: Double, size: Double) -> (String, String) {
  let characters = Array(piece)
  var count = characters.count
  while count > 1, TextWidth.of(String(characters[..<count]), size: size) > width { count -= 1 }
  let word = count < 2 ? nil : (1..<count).last { characters[$0].isUppercase && characters[$0 - 1].isLowercase }
  if count < characters.count, let word, word > count / 3 { count = word }
  return (String(characters[..<count]), String(characters[count...]))
}

private func trimmed(_ line: String) -> String {
  var line = Substring(line)
  while line.first == " " { line.removeFirst() }
  while line.last == " " { line.removeLast() }
  return String(line)
}
