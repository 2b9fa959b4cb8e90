import Foundation

/// Emoji by short names, `:tada:`, and icons, which are known by the sets that MkDocs Material has.
enum Emoji {
  /// The emoji of a name; nil if there is none.
  static func named(_ name: String) -> String? {
    if let emoji = table[name] { return emoji }
    // `wave_tone3` is `wave` in the third of five skin tones.
    guard let mark = name.range(of: "_tone", options: .backwards), let tone = Int(name[mark.upperBound...]),
      (1...5).contains(tone), let person = table[String(name[..<mark.lowerBound])],
      let modifier = UnicodeScalar(0x1f3fa + UInt32(tone))
    else { return nil }
    var scalars = Array(person.unicodeScalars)
    if scalars.count > 1, scalars[1].value == 0xfe0f { scalars.remove(at: 1) }
    scalars.insert(modifier, at: 1)
    return String(String.UnicodeScalarView(scalars))
  }

  /// What an icon shows, in words: `arrow right` for `octicons-arrow-right-24`; nil if the name is no icon's.
  static func icon(_ name: String) -> String? {
    let sets = [
      "material-", "octicons-", "fontawesome-brands-", "fontawesome-regular-", "fontawesome-solid-", "simple-",
    ]
    guard let set = sets.first(where: { name.hasPrefix($0) }) else { return nil }
    var words = name.dropFirst(set.count).split(separator: "-")
    if set == "octicons-", words.count > 1, words.last.map({ $0.allSatisfy(\.isNumber) }) == true { words.removeLast() }
    return words.isEmpty ? nil : words.joined(separator: " ")
  }

  private static let table: [String: String] = {
    var table: [String: String] = [:]
    for line in names.split(separator: "\n") {
      let words = line.split(separator: " ")
      for name in words.dropFirst() { table[String(name)] = String(words[0]) }
    }
    return table
  }()
}
