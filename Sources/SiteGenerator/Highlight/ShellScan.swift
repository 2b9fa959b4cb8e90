/// Reads a command as a shell does, to find where it ends: quotation marks, backslashes, comments, here-documents.
struct ShellScan {
  /// `<<WORD` or `<<-WORD`: text below the command, up to a line that is the word.
  struct HereDocument {
    /// The word, quotes taken off.
    var end: [UInt8]
    /// Whether tabs before the word, and in the text, are passed over.
    var isIndented: Bool
  }

  let text: Bytes
  private(set) var at: Int
  /// Where the text is over, finished command or not.
  let limit: Int
  private(set) var hereDocuments: [HereDocument] = []
  private var quote: UInt8?

  init(text: Bytes, at: Int, limit: Int) {
    self.text = text
    self.at = at
    self.limit = limit
  }

  /// Behind the newline that ends the command; nil if a quotation mark is still open at the limit.
  mutating func endOfCommand() -> Int? {
    var startsWord = true
    while at < limit {
      let byte = text[at]
      if byte == UInt8(ascii: "\\"), quote != UInt8(ascii: "'") {
        at = min(at + 2, limit)
        startsWord = false
        continue
      }
      if let open = quote {
        if byte == open { quote = nil }
        at += 1
        continue
      }
      switch byte {
      case 0x0a: return at + 1
      case UInt8(ascii: "'"), UInt8(ascii: "\""):
        quote = byte
        at += 1
      case UInt8(ascii: "#") where startsWord: at = min(text.lineEnd(from: at), limit)
      case UInt8(ascii: "<") where text.has("<<", at: at): readHereDocument()
      default: at += 1
      }
      startsWord = byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: ";")
    }
    return quote == nil ? at : nil
  }

  /// Reads `<<WORD`; `<<<` is followed by a string and no here-document.
  private mutating func readHereDocument() {
    at += 2
    guard at < limit, text[at] != UInt8(ascii: "<") else {
      at = min(at + 1, limit)
      return
    }
    let isIndented = text[at] == UInt8(ascii: "-")
    if isIndented { at += 1 }
    while at < limit, text[at] == UInt8(ascii: " ") { at += 1 }
    var word: [UInt8] = []
    while at < limit, text[at] > 0x20, !"<>|&;()".utf8.contains(text[at]) {
      if !"'\"\\".utf8.contains(text[at]) { word.append(text[at]) }
      at += 1
    }
    if !word.isEmpty { hereDocuments.append(HereDocument(end: word, isIndented: isIndented)) }
  }
}
