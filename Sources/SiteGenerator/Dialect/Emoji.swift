import Foundation

/// Emoji by short names, `:tada:`, and icons, which are known by the sets that MkDocs Material has.
enum Emoji {
  /// The emoji of a name; nil if there is none.
  static func named(_ name: String) -> String? {
    if let emoji = table[name] { return emoji }
    guard let (base, tone) = tone(of: name), let person = table[base], let modifier = UnicodeScalar(0x1f3fa + tone)
    else {
      return nil
    }
    var scalars = Array(person.unicodeScalars)
    if scalars.count > 1, scalars[1].value == 0xfe0f { scalars.remove(at: 1) }
    scalars.insert(modifier, at: 1)
    return String(String.UnicodeScalarView(scalars))
  }

  /// The name without its skin tone, and which of the five it is: the third in `wave_tone3` and `wave_medium_skin_tone`.
  private static func tone(of name: String) -> (base: String, tone: UInt32)? {
    if let mark = name.range(of: "_tone", options: .backwards), let tone = UInt32(name[mark.upperBound...]),
      (1...5).contains(tone)
    {
      return (String(name[..<mark.lowerBound]), tone)
    }
    // The longer ones first: one ends with another.
    let words = [("_medium_light", 2), ("_medium_dark", 4), ("_light", 1), ("_medium", 3), ("_dark", 5)]
    for (word, tone) in words where name.hasSuffix(word + "_skin_tone") {
      return (String(name.dropLast(word.count + "_skin_tone".count)), UInt32(tone))
    }
    return nil
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
