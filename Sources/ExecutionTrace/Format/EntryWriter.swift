/// Makes entries of a trace's tables.
package struct EntryWriter: Sendable {
  /// The first number of texts that are told when a recording is over; the program's own have smaller ones.
  package static let firstLateText: UInt64 = 1 << 17

  /// What was written so far.
  package private(set) var bytes: [UInt8] = []
  private var texts: [String: UInt64] = ["": 0]

  /// With no entries.
  package init() {}

  /// What is missing.
  package mutating func lose(_ loss: TraceLoss) {
    add(.loss) { entry in
      entry.number(UInt64(clamping: loss.count))
      entry.bytes += Array(loss.sentence.utf8)
    }
  }

  /// What a label set holds.
  package mutating func label(_ number: UInt32, _ labels: [TraceLabel]) {
    add(.labels) { $0.bytes = Self.contents(ofLabels: number, labels) }
  }

  /// The same without what makes an entry of it.
  package static func contents(ofLabels number: UInt32, _ labels: [TraceLabel]) -> [UInt8] {
    var entry = Contents()
    entry.number(UInt64(number))
    entry.number(UInt64(labels.count))
    for label in labels {
      entry.text(label.key)
      entry.text(label.value)
    }
    return entry.bytes
  }

  /// The functions of a stack.
  package mutating func name(stack number: UInt32, _ frames: [TraceFrame]) {
    let named = frames.map { (text($0.function), text($0.file), $0.line) }
    add(.names) { entry in
      entry.number(UInt64(number))
      entry.number(UInt64(named.count))
      for (function, file, line) in named {
        entry.number(function)
        entry.number(file)
        entry.number(UInt64(clamping: line))
      }
    }
  }

  /// The number of a text, which is written if it is new.
  private mutating func text(_ text: String) -> UInt64 {
    if let known = texts[text] { return known }
    let number = Self.firstLateText + UInt64(texts.count)
    texts[text] = number
    add(.text) { entry in
      entry.number(number)
      entry.bytes += Array(text.utf8)
    }
    return number
  }

  /// An entry as it was, or with other contents.
  mutating func add(_ kind: TraceEntry, _ contents: (inout Contents) -> Void) {
    var entry = Contents()
    contents(&entry)
    bytes.append(kind.rawValue)
    Self.append(UInt64(entry.bytes.count), to: &bytes)
    bytes += entry.bytes
  }

  /// What an entry holds.
  struct Contents {
    var bytes: [UInt8] = []

    mutating func number(_ number: UInt64) { EntryWriter.append(number, to: &bytes) }
    mutating func text(_ text: String) {
      number(UInt64(text.utf8.count))
      bytes += Array(text.utf8)
    }
  }

  /// A number of seven bits a byte, the lowest first.
  static func append(_ number: UInt64, to bytes: inout [UInt8]) {
    var rest = number
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
