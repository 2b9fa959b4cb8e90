/// What a profile of the program's own may be called.
///
/// Its name stands in files, in addresses of servers, and as a type of samples on command lines.
enum ProfileNames {
  private static let mostBytes = 64

  /// The addresses of Go's `net/http/pprof` that are no kinds of profile here, at which a server answers something else.
  private static let reserved: Set = ["cmdline", "index", "profile", "symbol", "trace"]

  /// - Throws: `CustomProfileError.badName`, or `.nameTaken` if a built-in profile is called so.
  static func check(_ name: String) throws(CustomProfileError) {
    guard let first = name.utf8.first else { throw .badName(name, reason: "it is empty") }
    guard isLetter(first) else { throw .badName(name, reason: "it does not begin with a letter") }
    guard name.utf8.count <= mostBytes else {
      throw .badName(name, reason: "it is longer than \(mostBytes) characters")
    }
    let marks = "._-/".utf8
    guard name.utf8.allSatisfy({ isLetter($0) || isDigit($0) || marks.contains($0) }) else {
      throw .badName(name, reason: "it may hold letters, digits and . _ - / alone")
    }
    if reserved.contains(name) || ProfileKind.named(name) != nil { throw .nameTaken(name) }
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
  }

  private static func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }
}
