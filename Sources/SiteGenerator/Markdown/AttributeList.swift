/// What stands in braces after a heading, image or link, or in a fence's info string: `{ #id .class key="value" }`.
struct AttributeList: Equatable {
  var id: String?
  var classes: [String] = []
  var pairs: [QueryItem] = []
  /// Words that are none of these, such as the language of a fence.
  var words: [String] = []

  init(id: String? = nil) { self.id = id }

  /// Reads the inside of the braces; braces outside quotation marks count as space.
  init(parsing text: some Sequence<UInt8>) {
    let text = Array(text)
    var at = 0
    while at < text.count {
      if Self.isSpace(text[at]) {
        at += 1
        continue
      }
      let start = at
      while at < text.count, !Self.isSpace(text[at]), text[at] != UInt8(ascii: "=") { at += 1 }
      let word = String(decoding: text[start..<at], as: UTF8.self)
      guard at < text.count, text[at] == UInt8(ascii: "=") else {
        add(word)
        continue
      }
      at += 1
      let value = Self.value(in: text, at: &at)
      switch word {
      case "id": id = value
      case "class": classes += value.split(separator: " ").map(String.init)
      default: pairs.append(QueryItem(name: word, value: value))
      }
    }
  }

  /// The value of a name.
  subscript(name: String) -> String? { pairs.first { $0.name == name }?.value }

  /// Whether it says anything that braces in running text would not: more than words, or words such as `data-x`.
  var isMarked: Bool {
    if id == nil, classes.isEmpty, pairs.isEmpty { return !words.isEmpty && words.allSatisfy(Self.isFlag) }
    return true
  }

  /// Whether a word alone says that it is an attribute.
  private static func isFlag(_ word: String) -> Bool {
    word.hasPrefix("data-") || word.hasPrefix("aria-") || word == "hidden" || word == "inert"
  }

  /// Whether it has a class.
  func has(class name: String) -> Bool { classes.contains(name) }

  /// Where the list in braces that a text begins with ends, behind its brace; nil if it begins with none. Braces inside
  /// quotation marks are text.
  static func end(in text: Slice<Bytes>) -> Int? {
    guard text.first == UInt8(ascii: "{") else { return nil }
    var quote: UInt8 = 0
    for at in text.indices.dropFirst() {
      let byte = text[at]
      if quote != 0 {
        if byte == quote { quote = 0 }
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        if text[at - 1] == UInt8(ascii: "=") { quote = byte }
      } else if byte == UInt8(ascii: "}") {
        return at + 1
      } else if byte == UInt8(ascii: "{") || byte == 0x0a {
        return nil
      }
    }
    return nil
  }

  /// The list in braces that a line ends with, and where it begins; nil if it ends with none.
  static func trailing(in text: Bytes, _ range: Range<Int>) -> (start: Int, list: AttributeList)? {
    guard let last = range.last, text[last] == UInt8(ascii: "}") else { return nil }
    for open in max(range.lowerBound, range.upperBound - 1000)..<range.upperBound
    where text[open] == UInt8(ascii: "{") {
      guard end(in: text[open..<range.upperBound]) == range.upperBound else { continue }
      let list = AttributeList(parsing: text[(open + 1)..<last])
      return list.isMarked ? (open, list) : nil
    }
    return nil
  }

  private mutating func add(_ word: String) {
    switch word.utf8.first {
    case UInt8(ascii: "#"): id = String(word.dropFirst())
    case UInt8(ascii: "."): classes.append(String(word.dropFirst()))
    case UInt8(ascii: ":"): if word.utf8.count > 1 { add(String(word.drop { $0 == ":" })) }
    default: words.append(word)
    }
  }

  private static func value(in text: [UInt8], at: inout Int) -> String {
    var start = at
    var end = at
    if at < text.count, text[at] == UInt8(ascii: "\"") || text[at] == UInt8(ascii: "'") {
      start = at + 1
      end = text[start...].firstIndex(of: text[at]) ?? text.count
      at = min(end + 1, text.count)
    } else {
      while at < text.count, !isSpace(text[at]) { at += 1 }
      end = at
    }
    return String(decoding: text[start..<end], as: UTF8.self)
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte <= 0x20 || byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}")
  }
}

extension HTMLBuffer {
  /// Appends ` id="…" class="…" key="value"`, whatever of it there is, after the given classes.
  func append(attributes list: AttributeList, classes: String = "") {
    if let id = list.id {
      append(" id=\"")
      append(text: id)
      append("\"")
    }
    let all = (classes.isEmpty ? [] : [classes]) + list.classes
    if !all.isEmpty {
      append(" class=\"")
      append(text: all.joined(separator: " "))
      append("\"")
    }
    for pair in list.pairs where Self.isName(pair.name) {
      append(" ")
      append(text: pair.name)
      append("=\"")
      append(text: pair.value)
      append("\"")
    }
    for word in list.words where Self.isName(word) {
      append(" ")
      append(text: word)
    }
  }

  private static func isName(_ name: String) -> Bool {
    !name.isEmpty
      && name.utf8.allSatisfy {
        (0x61...0x7a).contains($0) || (0x41...0x5a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d
      }
  }
}
