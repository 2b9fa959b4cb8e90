import Patterns
import Pprof

/// The source lines of functions, with what each costs.
public struct SourceListing: Sendable {
  /// The value that percentages refer to.
  public let total: Int64
  /// How values are written.
  public let format: ValueFormat
  /// The functions, sorted by name.
  public let functions: [Function]

  /// All parts of files, with the function that each is of.
  public var files: [(function: Function, file: File)] {
    functions.flatMap { function in function.files.map { (function, $0) } }
  }

  /// The part of a file that costs the most, with its function; nil if no file is known.
  public var heaviest: (function: Function, file: File)? { files.max { $0.file.cum < $1.file.cum } }

  /// A function, with the files it is in: none if unknown, several if there are several of its name.
  public struct Function: Sendable {
    /// The function's name.
    public let name: String
    /// The files, sorted by name.
    public let files: [File]
  }

  /// The part of a file that a function is in.
  public struct File: Sendable {
    /// The file's name, as the profile has it.
    public let name: String
    /// The value of the lines themselves.
    public let flat: Int64
    /// The value of the lines and all that they call.
    public let cum: Int64
    /// The lines around those that cost something; or why they could not be read.
    public let lines: Result<[Line], SourceError>

    /// The lines that could be read.
    public var readLines: [Line] { (try? lines.get()) ?? [] }
    /// The line that costs the most; nil if none costs anything or none could be read.
    public var heaviestLine: Line? { readLines.max { $0.cum < $1.cum }.flatMap { $0.cum > 0 ? $0 : nil } }
  }

  /// A source line.
  public struct Line: Sendable, Hashable {
    /// Its number, from 1.
    public let number: Int
    /// Its text, without the line's end.
    public let text: String
    /// The value of the line itself.
    public let flat: Int64
    /// The value of the line and all that it calls.
    public let cum: Int64
  }
}

extension Report {
  /// The source lines of the functions whose name matches.
  public func sourceListing(matching pattern: Pattern, reader: SourceReader) -> SourceListing {
    sourceListing(matching: pattern) { name throws(SourceError) in try reader.lines(of: name) }
  }

  /// The source lines of the functions whose name matches.
  /// - Parameter text: the lines of the file that has the name, without their ends.
  public func sourceListing(
    matching pattern: Pattern, text: @escaping (String) throws(SourceError) -> [String]
  ) -> SourceListing {
    var source = graphSource()
    source.trimFilenames(prefixes: options.trimPath, searchPath: options.sourcePath)
    let nodes = CallGraph(graphOf: source).shownNodes
    var files = SourceFiles(text: text)
    let functions = Dictionary(grouping: nodes.filter { pattern.matches($0.frame.name) }, by: \.frame.name)
      .sorted { $0.key.precedesBytewise($1.key) }
      .map { name, nodes in
        let parts = Dictionary(grouping: nodes.filter { !$0.frame.file.isEmpty }, by: \.frame.file)
          .sorted { $0.key.precedesBytewise($1.key) }
          .map { SourceListing.File(name: $0, nodes: $1, files: &files) }
        return SourceListing.Function(name: name, files: parts)
      }
    return SourceListing(total: total, format: format, functions: functions)
  }
}

extension SourceListing.File {
  /// - Parameter nodes: the nodes of one function in this file, one for each line that costs something; not empty.
  fileprivate init(name: String, nodes: [CallGraph.Node], files: inout SourceFiles) {
    self.name = name
    self.flat = nodes.reduce(0) { $0 &+ $1.flatSum }
    self.cum = nodes.reduce(0) { $0 &+ $1.cumSum }
    let range = Self.range(around: nodes)
    let byLine = Dictionary(grouping: nodes, by: \.frame.line)
    self.lines = files.lines(of: name, isNeeded: !range.isEmpty).map { text in
      range.clamped(to: 1..<text.count + 1).map { number in
        let nodes = byLine[Int64(number)] ?? []
        return SourceListing.Line(
          number: number, text: text[number - 1], flat: nodes.reduce(0) { $0 &+ $1.flatSum },
          cum: nodes.reduce(0) { $0 &+ $1.cumSum })
      }
    }
  }

  /// From the function's start, or else a few lines before the first line that costs something, to a few lines after
  /// the last one.
  private static func range(around nodes: [CallGraph.Node]) -> Range<Int> {
    let margin: Int64 = 5
    let starts = nodes.map { $0.frame.startLine == 0 ? $0.frame.line &- margin : $0.frame.startLine }
    let ends = nodes.map { $0.frame.line &+ margin }
    let first = max(1, starts.min() ?? 1)
    let last = min(ends.max() ?? 0, .max - 1)
    return first <= last ? Int(first)..<Int(last) + 1 : 1..<1
  }
}

/// Source files, each read at most once.
private struct SourceFiles {
  let text: (String) throws(SourceError) -> [String]
  private var read: [String: Result<[String], SourceError>] = [:]

  init(text: @escaping (String) throws(SourceError) -> [String]) { self.text = text }

  /// The lines of a file; none if they are not needed and it is not known already that they cannot be read.
  mutating func lines(of name: String, isNeeded: Bool) -> Result<[String], SourceError> {
    if let known = read[name] { return known }
    guard isNeeded else { return .success([]) }
    let lines = Result { () throws(SourceError) in try text(name) }
    read[name] = lines
    return lines
  }
}
