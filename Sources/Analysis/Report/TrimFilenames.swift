import Pprof

extension Profile {
  /// Takes what is only true of the machine that built the program off the names of source files, and says whether
  /// there was any of that.
  mutating func trimFilenames(prefixes: String, searchPath: String) -> Bool {
    var isChanged = false
    for function in functions.indices where !functions[function].filename.isEmpty {
      let name = functions[function].filename
      let trimmed = trimmedPath(name, prefixes: prefixes, searchPath: searchPath)
      if trimmed.utf8.count == name.utf8.count { continue }
      functions[function].filename = trimmed
      isChanged = true
    }
    return isChanged
  }
}

/// A path without the first of the prefixes that it begins with.
///
/// With no prefix given, the name of a directory searched serves as one: `/build/lab/Sources/a.swift` becomes
/// `Sources/a.swift` if `/home/me/lab` is searched.
///
/// Source: google/pprof, `internal/report/source.go` (`trimPath`).
func trimmedPath(_ path: String, prefixes: String, searchPath: String) -> String {
  if prefixes.isEmpty {
    for directory in SlashPath.list(searchPath) {
      if let found = path.firstRange(of: "/\(SlashPath.base(directory))/") { return String(path[found.upperBound...]) }
    }
  }
  for prefix in SlashPath.list(prefixes) + ["/proc/self/cwd/./", "/proc/self/cwd/"] {
    let prefix = prefix.hasSuffix("/") ? prefix : prefix + "/"
    if path.hasPrefix(prefix) { return String(path.dropFirst(prefix.count)) }
  }
  return path
}
