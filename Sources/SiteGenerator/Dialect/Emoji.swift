import Foundation

/// Emoji by short names, `:tada:`, and icons, which are known by the sets that MkDocs Material has.
enum Emoji {
  /// The emoji of a name; nil if there is none.
  static func named(_ name: String) -> String? {
    if let emoji = table[name] ?? pair(name) { return emoji }
    guard let (base, tone) = tone(of: name), let person = table[misnamed[base] ?? base],
      let modifier = UnicodeScalar(0x1f3fa + tone)
    else {
      return nil
    }
    var scalars = Array(person.unicodeScalars)
    if scalars.count > 1, scalars[1].value == 0xfe0f { scalars.remove(at: 1) }
    scalars.insert(modifier, at: 1)
    return String(String.UnicodeScalarView(scalars))
  }

  /// Names that have another form with a skin tone.
  private static let misnamed = [
    "hand_with_index_and_middle_fingers_crossed": "fingers_crossed", "tuxedo": "person_in_tuxedo",
    "woman_leviate": "woman_levitate",
  ]

  /// The name without its skin tone, and which of the five it is: the third in `wave_tone3`, `wave_medium_skin_tone` and
  /// `man_tone3_beard`.
  static func tone(of name: String) -> (base: String, tone: UInt32)? {
    if let mark = name.range(of: "_tone", options: .backwards), case let rest = name[mark.upperBound...],
      let tone = rest.first?.wholeNumberValue, (1...5).contains(tone), rest.count == 1 || rest.dropFirst().first == "_"
    {
      return (String(name[..<mark.lowerBound]) + String(rest.dropFirst()), UInt32(tone))
    }
    // The longer ones first: one ends with another.
    let words = [("_medium_light", 2), ("_medium_dark", 4), ("_light", 1), ("_medium", 3), ("_dark", 5)]
    for (word, tone) in words where name.hasSuffix(word + "_skin_tone") {
      return (String(name.dropLast(word.count + "_skin_tone".count)), UInt32(tone))
    }
    for (word, tone) in words {
      guard let mark = name.range(of: word + "_skin_tone_") else { continue }
      return ("\(name[..<mark.lowerBound])_\(name[mark.upperBound...])", UInt32(tone))
    }
    return nil
  }

  /// The words of a name that says a skin tone, of an emoji that is not known: `foo tone1` for `foo_tone1`.
  static func unknown(_ name: String) -> String? {
    tone(of: name) == nil ? nil : name.replacing("_", with: " ")
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
