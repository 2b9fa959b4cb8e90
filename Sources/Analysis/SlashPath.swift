/// Lexical operations on slash-separated paths; none of them looks at the file system.
///
/// Source: Plan 9's rules for cleaning names, as Go's package `path/filepath` states them.
enum SlashPath {
  /// The shortest path that means the same: no empty, `.` or inner `..` element.
  ///
  ///     SlashPath.clean("a/./b//../c")  // "a/c"
  static func clean(_ path: String) -> String {
    if isClean(path) { return path }
    let isRooted = path.utf8.first == slash
    var kept: [Substring] = []
    for element in split(path) where element != "." {
      if element == ".." {
        if let last = kept.last, last != ".." {
          kept.removeLast()
          continue
        }
        if isRooted { continue }
      }
      kept.append(element)
    }
    let joined = (isRooted ? "/" : "") + kept.joined(separator: "/")
    return joined.isEmpty ? "." : joined
  }

  /// The last element, without trailing slashes; `.` for an empty path, `/` for one of slashes only.
  static func base(_ path: String) -> String {
    if path.isEmpty { return "." }
    return split(path).last.map(String.init) ?? "/"
  }

  /// All but the last element, cleaned; `.` if there is nothing before it.
  static func directory(_ path: String) -> String {
    guard let end = path.utf8.lastIndex(of: slash) else { return "." }
    return clean(String(path[...end]))
  }

  /// The two paths as one, cleaned.
  static func join(_ directory: String, _ path: String) -> String {
    if directory.isEmpty { return path.isEmpty ? "" : clean(path) }
    return clean(directory + "/" + path)
  }

  /// The elements of a colon-separated list of paths; none for an empty one.
  static func list(_ paths: String) -> [String] {
    if paths.isEmpty { return [] }
    return paths.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
  }

  private static let slash = UInt8(ascii: "/")

  private static func split(_ path: String) -> [Substring] { path.utf8.split(separator: slash).map(Substring.init) }

  /// Whether the path surely needs no cleaning; most do not.
  private static func isClean(_ path: String) -> Bool {
    let bytes = path.utf8
    guard let last = bytes.last, last != slash else { return false }
    var previous = slash
    for (position, byte) in bytes.enumerated() {
      // A dot or a slash after a slash may begin an element to be removed; so may a dot at the start.
      if previous == slash, byte == UInt8(ascii: ".") || (byte == slash && position > 0) { return false }
      previous = byte
    }
    return true
  }
}
