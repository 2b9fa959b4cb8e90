/// What the compiler says of a place in a file.
struct CompilerDiagnostic: Sendable, Hashable, Codable {
  /// How bad it is.
  enum Severity: String, Sendable, Codable { case error, warning, note }
  /// The file, by its name alone.
  var file: String
  /// Counted from 1; columns in bytes.
  var line: Int
  var column: Int
  var severity: Severity
  /// In the compiler's words.
  var message: String

  /// All that stands in what `swiftc -diagnostic-style llvm` prints: `path:6:5: error: cannot find 'x' in scope`. The lines of
  /// code after each are left out, and the same is told once.
  static func all(in text: String) -> [CompilerDiagnostic] {
    var seen: Set<CompilerDiagnostic> = []
    return text.split(separator: "\n").compactMap { line in
      guard let match = line.wholeMatch(of: /(.+?):(\d+):(\d+): (error|warning|note): (.+?)(?: \[#[\w-]+\])?/),
        let number = Int(match.2), let column = Int(match.3), let severity = Severity(rawValue: String(match.4))
      else { return nil }
      let file = match.1.split(separator: "/").last.map(String.init) ?? ""
      let found = CompilerDiagnostic(
        file: file, line: number, column: column, severity: severity, message: String(match.5))
      return seen.insert(found).inserted ? found : nil
    }
  }
}
