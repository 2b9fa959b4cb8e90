/// Writes numbers and texts one after another, each with its length.
struct RecordWriter {
  private(set) var bytes: [UInt8] = []

  mutating func put(_ number: Int) {
    var rest = UInt64(bitPattern: Int64(number))
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  mutating func put(_ text: String) {
    put(text.utf8.count)
    bytes.append(contentsOf: text.utf8)
  }

  mutating func put(_ stamp: FileStamp) {
    put(stamp.size)
    put(stamp.modified)
  }

  mutating func put<Element>(_ list: [Element], _ each: (inout RecordWriter, Element) -> Void) {
    put(list.count)
    for element in list { each(&self, element) }
  }
}

/// Reads what `RecordWriter` wrote; anything else is an error, never a trap.
struct RecordReader {
  /// The bytes are not a record.
  struct Failure: Error {
    var offset: Int
  }

  private let data: [UInt8]
  private var at = 0

  init(_ data: [UInt8]) { self.data = data }

  var isAtEnd: Bool { at == data.count }

  mutating func number() throws(Failure) -> Int {
    var result: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      guard at < data.count, shift < 64 else { throw Failure(offset: at) }
      let byte = data[at]
      at += 1
      result |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return Int(Int64(bitPattern: result)) }
      shift += 7
    }
  }

  /// A length: not more than what is left.
  private mutating func count() throws(Failure) -> Int {
    let count = try number()
    guard count >= 0, count <= data.count - at else { throw Failure(offset: at) }
    return count
  }

  mutating func text() throws(Failure) -> String {
    let count = try count()
    defer { at += count }
    return String(decoding: data[at..<(at + count)], as: UTF8.self)
  }

  mutating func stamp() throws(Failure) -> FileStamp { FileStamp(size: try number(), modified: try number()) }

  mutating func list<Element>(
    _ each: (inout RecordReader) throws(Failure) -> Element
  ) throws(Failure) -> [Element] {
    let count = try count()
    var list: [Element] = []
    list.reserveCapacity(count)
    for _ in 0..<count { list.append(try each(&self)) }
    return list
  }
}
