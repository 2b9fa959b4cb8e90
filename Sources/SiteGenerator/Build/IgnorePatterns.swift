/// Patterns of files as `.gitignore` has them: `*.tmp`, `/drafts/`, `a/**/b.md`, `!kept.md`; the last that fits counts.
struct IgnorePatterns: Equatable, Sendable {
  private struct Pattern: Equatable {
    /// What each directory, and the name, has to be; `**` for any number of directories.
    var parts: [[UInt8]]
    var isNegated: Bool
    var isDirectory: Bool
  }

  private static let limit = 1000
  private var patterns: [Pattern] = []

  init() {}

  /// The patterns of a text, one a line.
  init(_ text: String) {
    for line in text.split(separator: "\n").prefix(Self.limit) {
      var rest = line.trimmed[...]
      guard !rest.isEmpty, !rest.hasPrefix("#") else { continue }
      let isNegated = rest.hasPrefix("!")
      if isNegated || rest.hasPrefix("\\") { rest = rest.dropFirst() }
      let isDirectory = rest.hasSuffix("/")
      if isDirectory { rest = rest.dropLast() }
      // One with a `/` in it is counted from the top.
      let isAnchored = rest.contains("/")
      var parts = rest.split(separator: "/").prefix(100).map { Array($0.utf8) }
      guard !parts.isEmpty else { continue }
      if !isAnchored { parts.insert(Self.anyDirectories, at: 0) }
      patterns.append(Pattern(parts: parts, isNegated: isNegated, isDirectory: isDirectory))
    }
  }

  private static let anyDirectories = Array("**".utf8)

  var isEmpty: Bool { patterns.isEmpty }

  /// Whether a file, or a directory that it lies in, is meant.
  func contain(_ path: String) -> Bool {
    guard !patterns.isEmpty else { return false }
    let parts = path.split(separator: "/").map { Array($0.utf8) }
    // What lies in a directory that is left out cannot be kept.
    for count in 1..<max(1, parts.count) where fits(parts[..<count], isDirectory: true) { return true }
    return fits(parts[...], isDirectory: false)
  }

  private func fits(_ path: ArraySlice<[UInt8]>, isDirectory: Bool) -> Bool {
    let last = patterns.last { pattern in
      (isDirectory || !pattern.isDirectory) && Self.fits(path, pattern.parts[...])
    }
    return last.map { !$0.isNegated } ?? false
  }

  /// Which beginnings of a path fit, as the patterns' parts are read one after another: the work is bounded by both
  /// lengths.
  private static func fits(_ path: ArraySlice<[UInt8]>, _ parts: ArraySlice<[UInt8]>) -> Bool {
    let path = Array(path)
    var reached = [true] + Array(repeating: false, count: path.count)
    for part in parts {
      var next = Array(repeating: false, count: path.count + 1)
      if part == anyDirectories {
        var isOpen = false
        for index in reached.indices {
          isOpen = isOpen || reached[index]
          next[index] = isOpen
        }
      } else {
        for index in path.indices where reached[index] && fits(path[index], part) { next[index + 1] = true }
      }
      reached = next
    }
    // `a/**` is what lies in `a`.
    return reached[path.count]
  }

  /// Whether a name fits a pattern of letters, `*` and `?`.
  private static func fits(_ name: [UInt8], _ pattern: [UInt8]) -> Bool {
    var (at, place) = (0, 0)
    var star: (pattern: Int, name: Int)?
    while at < name.count {
      if place < pattern.count, pattern[place] == UInt8(ascii: "*") {
        star = (place + 1, at)
        place += 1
      } else if place < pattern.count, pattern[place] == name[at] || pattern[place] == UInt8(ascii: "?") {
        at += 1
        place += 1
      } else if let (after, taken) = star {
        star = (after, taken + 1)
        (at, place) = (taken + 1, after)
      } else {
        return false
      }
    }
    return pattern[place...].allSatisfy { $0 == UInt8(ascii: "*") }
  }
}
