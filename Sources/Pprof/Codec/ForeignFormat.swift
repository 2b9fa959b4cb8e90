/// What bytes seem to be that are no profile, judged by how they begin.
///
/// Asked only about what cannot be read as a profile, so that a guess never stands in the way of one.
enum ForeignFormat {
  /// A name for the format, for the end of "this looks like …", or nil.
  static func name(of bytes: UnsafeBufferPointer<UInt8>) -> String? {
    let head = bytes.prefix(4096)
    if let match = signatures.first(where: { head.starts(with: $0.bytes) }) { return match.name }
    if isGperftools(head) { return "a CPU profile of gperftools, a legacy format" }
    if isOpenTelemetry(head) { return "OpenTelemetry profiles (OTLP)" }
    guard head.allSatisfy({ $0 >= 0x20 || "\t\n\r\u{1b}".utf8.contains($0) }) else { return nil }
    // A character may be cut at the end.
    let cuts = bytes.count > head.count ? 0...3 : 0...0
    let text = cuts.lazy.compactMap { String(validating: head.dropLast($0), as: UTF8.self) }.first
    return text.flatMap(name(ofText:))
  }

  private static let signatures: [(bytes: [UInt8], name: String)] = [
    ([0x28, 0xb5, 0x2f, 0xfd], "zstd-compressed data"),
    ([0xfd, 0x37, 0x7a, 0x58, 0x5a], "xz-compressed data"),
    (Array("BZh".utf8), "bzip2-compressed data"),
    ([0x04, 0x22, 0x4d, 0x18], "lz4-compressed data"),
    ([0x1f, 0x8b], "a damaged gzip file"),
    (Array("PK\u{3}\u{4}".utf8), "a zip archive"),
    (Array("FLR\0".utf8), "a Java Flight Recorder (JFR) file"),
    (Array("JAVA PROFILE".utf8), "a Java heap dump"),
    (Array("PERFILE2".utf8), "a perf.data file, which perf reads"),
    (Array("\u{7f}ELF".utf8), "an executable or a library"),
    (Array("go 1.".utf8), "a Go execution trace"),
    (Array("SQLite format 3".utf8), "an SQLite database"),
  ]

  // MARK: - Text

  private static func name(ofText text: String) -> String? {
    let lines = text.split(whereSeparator: \.isNewline)
    guard let first = lines.first?.drop(while: \.isWhitespace), let start = first.first else { return nil }
    let lowercased = first.lowercased()
    if lowercased.hasPrefix("<!doctype html") || lowercased.hasPrefix("<html") || lowercased.hasPrefix("<head") {
      return "HTML"
    }
    if lowercased.hasPrefix("<svg") { return "an SVG image" }
    if start == "<" { return "XML" }
    if let legacy = legacyName(first) { return "\(legacy), a legacy format" }
    if start == "{" || start == "[" { return "JSON" }
    if isFolded(lines) { return "folded stacks, as flamegraph.pl reads them" }
    if isPerfScript(lines) { return "the output of perf script" }
    return "text: \"\(first.prefix(60))\""
  }

  /// The text profiles that Go, tcmalloc and Java wrote before there were messages.
  private static func legacyName(_ line: Substring) -> String? {
    if line.hasPrefix("heap profile:") || line.hasPrefix("# heap profile:") || line.hasPrefix("heap_v2/") {
      return "a heap profile as text"
    }
    if line.hasPrefix("heapz profile:") { return "a heap profile as text" }
    if line.hasPrefix("growthz profile:") || line.hasPrefix("growth profile:") { return "a growth profile as text" }
    if line.hasPrefix("fragmentationz profile:") || line.hasPrefix("fragmentation profile:") {
      return "a fragmentation profile as text"
    }
    if line.hasPrefix("--- contention") || line.hasPrefix("--- mutex") || line.hasPrefix("--- Memory map") {
      return "a contention profile as text"
    }
    if line.hasPrefix("--- contentionz") { return "a contention profile as text" }
    if line.hasPrefix("--- threadz") || line.hasPrefix("--- Thread") { return "a thread profile as text" }
    if line.hasPrefix("--- symbol") || line.hasPrefix("--- profile") { return "a profile of gperftools with symbols" }
    if line.hasPrefix("--- heapz") { return "a Java heap profile as text" }
    // `goroutine profile: total 7`
    let words = line.split(separator: " ")
    if words.count >= 4, words[1] == "profile:", words[2] == "total", Int(words[3]) != nil {
      return "a \(words[0]) profile of Go as text (debug=1)"
    }
    if words.count >= 2, words[0] == "goroutine", Int(words[1]) != nil { return "a goroutine dump of Go (debug=2)" }
    return nil
  }

  /// Lines of frames with semicolons between them, a space and a count; the last may be cut.
  private static func isFolded(_ lines: [Substring]) -> Bool {
    let whole = lines.count > 1 ? lines.dropLast() : lines[...]
    return whole.prefix(20).allSatisfy { line in
      guard let space = line.lastIndex(of: " ") else { return false }
      return Double(line[line.index(after: space)...]) != nil
    } && whole.contains { $0.contains(";") }
  }

  /// `program 1234 [001] 12.345678:     250000 cpu-clock:`, then frames that are indented.
  private static func isPerfScript(_ lines: [Substring]) -> Bool {
    guard let header = lines.first(where: { !$0.hasPrefix("#") }), !header.hasPrefix("\t") else { return false }
    return header.contains(": ") && header.contains(where: \.isNumber)
      && lines.contains { $0.hasPrefix("\t") && $0.contains("(") }
  }

  // MARK: - Binary

  /// Words of the machine's size: 0, 3, 0, the period, 0.
  private static func isGperftools(_ head: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    let bytes = Array(head.prefix(40))
    for size in [8, 4] where bytes.count >= 5 * size {
      let words = (0..<5).map { word in
        bytes[(word * size)..<((word + 1) * size)].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      }
      if words[0] == 0, words[1] == 3, words[2] == 0, words[3] > 0, words[4] == 0 { return true }
    }
    return false
  }

  /// A message whose first field is one that itself holds messages where a profile has numbers: the profiles of a
  /// resource (field 1) with those of its scopes (field 2).
  private static func isOpenTelemetry(_ head: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    var bytes = Array(head)[...]
    guard bytes.popFirst() == 0x0a, length(&bytes) != nil else { return false }
    if bytes.first == 0x0a {
      bytes.removeFirst()
      guard let resource = length(&bytes), resource <= bytes.count else { return false }
      bytes = bytes.dropFirst(resource)
    }
    return bytes.popFirst() == 0x12 && length(&bytes) != nil && (bytes.first == 0x0a || bytes.first == 0x12)
  }

  private static func length(_ bytes: inout ArraySlice<UInt8>) -> Int? {
    var value = 0
    for shift in stride(from: 0, to: 35, by: 7) {
      guard let byte = bytes.popFirst() else { return nil }
      value |= Int(byte & 0x7f) << shift
      if byte & 0x80 == 0 { return value }
    }
    return nil
  }
}
