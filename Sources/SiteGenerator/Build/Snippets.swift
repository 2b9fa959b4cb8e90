/// Text of other files in a page: `--8<-- "file.md"`, as PyMdown's extension of that name has it.
///
/// A file is looked for in the content, and where the site's `mkdocs.yml` says, nowhere else. `file:3:5` is a range of
/// its lines, `file:part` what stands in it between `--8<-- [start:part]` and `--8<-- [end:part]`.
struct Snippets: Sendable {
  /// A file whose text is in a page.
  struct Included: Equatable, Sendable {
    var file: String
    var stamp: FileStamp
  }

  /// A page's text with that of all files.
  struct Expansion: Sendable {
    var bytes: [UInt8] = []
    /// Where each line comes from.
    var origins: [LineOrigin] = []
    var included: [Included] = []
    var problems: [(line: Int, message: String)] = []
  }

  /// How many bytes a page may have with all that it includes, how deep files may include files, and how many.
  private static let (maximumBytes, maximumDepth, maximumFiles) = (16 << 20, 16, 1000)

  private var roots: [String] = []
  private var appended: [(file: String, bytes: [UInt8])] = []

  /// No files.
  init() {}

  /// The files of a directory of Markdown.
  init(content: String, settings: MkDocsSettings) {
    roots = [content] + settings.snippetRoots
    appended = settings.appended.compactMap { file in (try? Files.read(file)).map { (file, Self.lines($0)) } }
  }

  /// A text with its snippets; nil if it has none.
  func expand(_ text: [UInt8], of file: String) -> Expansion? {
    let hasMarks = text.withUnsafeBufferPointer { $0.find("8<-", from: 0, to: $0.count) != nil }
    guard !roots.isEmpty, hasMarks || !appended.isEmpty else { return nil }
    var expander = Expander(roots: roots)
    expander.append(text, of: file, section: nil, indent: [])
    for (file, bytes) in appended where !expander.isFull {
      expander.append([0x0a, 0x0a], of: file, section: nil, indent: [])
      expander.append(bytes, of: file, section: nil, indent: [])
      if let stamp = FileStamp(file) { expander.result.included.append(Included(file: file, stamp: stamp)) }
    }
    return expander.result
  }

  /// A file's text with its lines ended as those of a page.
  fileprivate static func lines(_ bytes: [UInt8]) -> [UInt8] {
    bytes.contains(0x0d) ? PageText.unixLines(bytes) : bytes
  }

  private struct Expander {
    let roots: [String]
    var result = Expansion()
    private var open: [String] = []
    private var count = 0
    private(set) var isFull = false

    init(roots: [String]) { self.roots = roots }

    /// Which lines of a file are meant.
    enum Section {
      case lines([ClosedRange<Int>])
      case named(String)
    }

    /// Appends a file's lines and what they include.
    mutating func append(_ bytes: [UInt8], of file: String, section: Section?, indent: [UInt8]) {
      bytes.withUnsafeBufferPointer { text in
        var isList = false
        var isInside = false
        // What a file of Markdown says of itself is no part of its text.
        let front = open.isEmpty || section != nil || !SitePath.isMarkdown(file) ? nil : try? FrontMatter(in: text)
        for line in Line.split(text, from: front?.textStart ?? 0, firstNumber: front?.firstLine ?? 1) where !isFull {
          let content = line.content(in: text).start
          let mark = Mark(text, Line(start: content, end: line.end, number: 0).trimmedEnd(in: text))
          switch section {
          case .lines(let ranges)? where !ranges.contains { $0.contains(line.number) }: continue
          case .named(let name)?:
            if mark == .start(name) { isInside = true }
            if mark == .end(name) { isInside = false }
            guard isInside else { continue }
          default: break
          }
          let origin = LineOrigin(file: file, line: line.number)
          let here = indent + text[line.start..<content]
          switch mark {
          case .start, .end: break
          case .fence: isList.toggle()
          case .file(let name): include(name, at: origin, indent: here)
          case .escaped(let at):
            add(indent + text[line.start..<at] + text[(at + 1)..<line.end], origin)
          case nil where isList:
            let name = text.string(content..<line.end).trimmed
            if !name.isEmpty, !name.hasPrefix(";") { include(name, at: origin, indent: here) }
          case nil: add(indent + text[line.start..<line.end], origin)
          }
        }
      }
    }

    private mutating func add(_ line: [UInt8], _ origin: LineOrigin) {
      guard result.bytes.count + line.count < Snippets.maximumBytes else {
        isFull = true
        result.problems.append((result.origins.count, "the page and its snippets have more than 16 MB"))
        return
      }
      result.bytes += line
      result.bytes.append(0x0a)
      result.origins.append(origin)
    }

    private mutating func include(_ name: String, at origin: LineOrigin, indent: [UInt8]) {
      // The place of what is wrong is the line that names the file.
      func fail(_ message: String, _ expander: inout Expander) {
        expander.add(indent + "--8<-- \"\(name)\"".utf8, origin)
        expander.result.problems.append((expander.result.origins.count, message))
      }
      count += 1
      if name.contains("://") { return fail("a snippet of another site is not fetched: \(name)", &self) }
      guard count <= Snippets.maximumFiles, open.count < Snippets.maximumDepth else {
        return fail("too many snippets, or too deep: \(name)", &self)
      }
      let (path, section) = Self.parts(name)
      guard let inside = SitePath.resolve(path, in: ""), !path.hasPrefix("/") else {
        return fail("a snippet leads out of the content: \(name)", &self)
      }
      let file = roots.lazy.map { $0 + "/" + inside }.first { FileStamp($0)?.isDirectory == false }
      guard let file, let stamp = FileStamp(file), let bytes = try? Files.read(file) else {
        return fail("no such snippet: \(path)", &self)
      }
      guard !open.contains(file) else { return fail("a snippet includes itself: \(path)", &self) }
      let before = result.origins.count
      open.append(file)
      append(Snippets.lines(bytes), of: file, section: section, indent: indent)
      open.removeLast()
      result.included.append(Included(file: file, stamp: stamp))
      if case .named(let part)? = section, result.origins.count == before {
        fail("no part '\(part)' in \(path)", &self)
      }
    }

    /// `file.md:3:5,8:9` or `file.md:part` taken apart.
    private static func parts(_ name: String) -> (path: String, section: Section?) {
      if let match = name.firstMatch(of: #/^(.*?)((?::-?[0-9]*){1,2}(?:,[0-9]*:[0-9]*)*)$/#), !match.2.isEmpty {
        let ranges = match.2.dropFirst().split(separator: ",").map { range -> ClosedRange<Int> in
          let ends = range.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
          let first = max(1, (ends.first ?? nil) ?? 1)
          let last = ends.count > 1 ? (ends[1] ?? .max) : .max
          return first...max(first, last)
        }
        return (String(match.1), ranges.isEmpty ? nil : .lines(ranges))
      }
      guard let colon = name.lastIndex(of: ":") else { return (name, nil) }
      return (String(name[..<colon]), .named(String(name[name.index(after: colon)...])))
    }
  }

  /// What a line says that is a mark of snippets.
  private enum Mark: Equatable {
    case file(String)
    case fence
    case start(String)
    case end(String)
    /// `;--8<--`, which is text; where the semicolon stands.
    case escaped(Int)

    init?(_ text: Bytes, _ line: Line) {
      var at = line.start
      let isEscaped = at < line.end && text[at] == UInt8(ascii: ";")
      if isEscaped { at += 1 }
      let first = Self.dashes(text, at, line.end)
      guard first > at, text.has("8<", at: first), case let end = Self.dashes(text, first + 2, line.end),
        end > first + 2
      else {
        // The marks of parts stand in comments of any language.
        guard let found = text.find("8<-", from: line.start, to: line.end) else { return nil }
        let rest = text.string(found..<line.end)
        guard let match = rest.firstMatch(of: #/-\s+\[\s*(start|end)\s*:\s*([\w-]+)\s*\]/#) else { return nil }
        self = match.1 == "start" ? .start(String(match.2)) : .end(String(match.2))
        return
      }
      if isEscaped {
        self = .escaped(line.start)
        return
      }
      let rest = text.string(end..<line.end).trimmed
      if rest.isEmpty {
        self = .fence
      } else if let quote = rest.first, quote == "\"" || quote == "'", rest.count > 2, rest.last == quote {
        self = .file(String(rest.dropFirst().dropLast()))
      } else if let match = rest.wholeMatch(of: #/\[\s*(start|end)\s*:\s*([\w-]+)\s*\].*/#) {
        self = match.1 == "start" ? .start(String(match.2)) : .end(String(match.2))
      } else {
        return nil
      }
    }

    private static func dashes(_ text: Bytes, _ start: Int, _ end: Int) -> Int {
      var at = start
      while at < end, text[at] == UInt8(ascii: "-") { at += 1 }
      return at
    }
  }
}
