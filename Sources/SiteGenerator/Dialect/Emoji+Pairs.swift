/// Two people in one emoji, each with a skin tone of their own: `handshake_tone1_tone4`.
///
/// Unicode writes them as a sequence: a person with a tone, what joins them, the other with theirs (UTS #51, section 2.6).
extension Emoji {
  /// The emoji of a name that ends with one skin tone or two; nil if nobody, or but one person, is meant.
  static func pair(_ name: String) -> String? {
    guard let (rest, last) = tone(of: name) else { return nil }
    let (base, first) = tone(of: rest) ?? (rest, nil)
    // With one tone these have a sign of their own.
    if first == nil, let alone = alone[base] { return alone + modifier(last) }
    guard let (one, joint, other) = people(base) else { return nil }
    return one + modifier(first ?? last) + joint + other + modifier(last)
  }

  private static func modifier(_ tone: UInt32) -> String {
    UnicodeScalar(0x1f3fa + tone).map { String(Character($0)) } ?? ""
  }

  private static let alone = [
    "kiss": "💏", "handshake": "🤝", "men_holding_hands": "👬", "women_holding_hands": "👭",
    "woman_and_man_holding_hands": "👫",
  ]

  private static let persons: [Substring: String] = ["man": "👨", "woman": "👩", "person": "🧑"]

  /// Who is meant, and what stands between them.
  private static func people(_ name: String) -> (one: String, joint: String, other: String)? {
    let joiner = "\u{200d}"
    let hands = joiner + "🤝" + joiner
    switch name {
    case "handshake": return ("🫱", joiner, "🫲")
    case "men_holding_hands": return ("👨", hands, "👨")
    case "women_holding_hands": return ("👩", hands, "👩")
    case "woman_and_man_holding_hands": return ("👩", hands, "👨")
    case "people_holding_hands": return ("🧑", hands, "🧑")
    default: break
    }
    let heart = joiner + "❤\u{fe0f}" + joiner
    for (kind, joint) in [("couple_with_heart_", heart), ("kiss_", heart + "💋" + joiner)] where name.hasPrefix(kind) {
      let words = name.dropFirst(kind.count).split(separator: "_", omittingEmptySubsequences: false)
      guard words.count == 2, let one = persons[words[0]], let other = persons[words[1]] else { return nil }
      return (one, joint, other)
    }
    return nil
  }
}
