import Platform

/// Finds and reads source files by the names that profiles have for them.
///
/// Source: google/pprof, `internal/report/source.go`.
public struct SourceReader: Sendable {
  /// Directories, separated by colons; names that are not absolute are looked for in them and all their parents.
  public var searchPath: String
  /// Prefixes, separated by colons, taken off the names.
  public var trimPath: String
  /// Whether no file outside of these directories is read, whatever name a profile has for it and wherever links lead.
  public var staysWithin: Bool

  /// A reader of files.
  public init(searchPath: String, trimPath: String = "", staysWithin: Bool = false) {
    self.searchPath = searchPath
    self.trimPath = trimPath
    self.staysWithin = staysWithin
  }

  /// The lines of a file, without their ends.
  /// - Throws: if no file of the name can be opened.
  public func lines(of name: String) throws(SourceError) -> [String] {
    let path = trimmedPath(name, prefixes: trimPath, searchPath: searchPath)
    if path.hasPrefix("/"), !staysWithin || isWithin(path) { return lines(in: try read(path)) }
    if path.hasPrefix("/") { throw .outside(name: path, searchPath: searchPath) }
    for directory in SlashPath.list(searchPath) {
      var directory = directory
      while true {
        let file = SlashPath.join(directory, path)
        if !staysWithin || isWithin(file), let bytes = try? read(file) { return lines(in: bytes) }
        let parent = SlashPath.directory(directory)
        if parent == directory { break }
        directory = parent
      }
    }
    throw .notFound(name: path, searchPath: searchPath)
  }

  /// Whether a file is one of those below the directories, links resolved; one that is not there is not.
  private func isWithin(_ path: String) -> Bool {
    guard let file = Self.resolved(path) else { return false }
    return SlashPath.list(searchPath).contains { directory in
      guard let root = Self.resolved(directory) else { return false }
      return file.hasPrefix(root.hasSuffix("/") ? root : root + "/")
    }
  }

  private static func resolved(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
  }

  private func lines(in bytes: [UInt8]) -> [String] {
    var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines.map { String(decoding: $0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0, as: UTF8.self) }
  }

  /// The most bytes that are read of a file: no source is longer.
  private static let largest = 64 << 20

  private func read(_ path: String) throws(SourceError) -> [UInt8] {
    // Names come from profiles: a pipe or a device that one leads to would block, or never end.
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { throw .unreadable(path: path, code: errno) }
    defer { close(file) }
    guard isRegularFile(file) else { throw .unreadable(path: path, code: EINVAL) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count < Self.largest {
      let count = Platform.read(file, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      if count <= 0 { break }
      bytes += chunk.prefix(count)
    }
    return bytes
  }
}

/// Whether an open file is neither a pipe nor a device nor a directory.
func isRegularFile(_ file: Int32) -> Bool {
  var status = stat()
  return fstat(file, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
}

/// Why the source of a function cannot be shown.
public enum SourceError: Error, Sendable, Hashable, CustomStringConvertible {
  /// There is no such file in any of the directories or their parents.
  case notFound(name: String, searchPath: String)
  /// The file is in none of the directories.
  case outside(name: String, searchPath: String)
  /// The system refused to open the file; `code` is its `errno`.
  case unreadable(path: String, code: Int32)

  /// What went wrong, in pprof's words.
  public var description: String {
    switch self {
    case .notFound(let name, let searchPath): return "could not find file \(name) on path \(searchPath)"
    case .outside(let name, let searchPath): return "no file \(name) in the source path \(searchPath)"
    case .unreadable(let path, let code):
      let reason = String(cString: strerror(code))
      return "open \(path): \(reason.prefix(1).lowercased())\(reason.dropFirst())"
    }
  }
}
