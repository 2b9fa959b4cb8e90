import Yams

/// What a Markdown file says of itself before its text, in YAML between two `---` lines, or one and `...`.
///
/// What stands between two such lines and is no list of names and values is text: a heading between two rules, say.
struct FrontMatter: Equatable {
  var title: String?
  var description: String?
  /// `YYYY-MM-DD`.
  var date: String?
  /// The place among its siblings; those without come after.
  var order: Int?
  /// What stands before its title in lists and above its text: `2a`.
  var number: String?
  /// Whether the page is not to be published yet.
  var isDraft = false
  /// Whether a search finds the page.
  var isSearched = true
  /// Where the text begins: a byte offset, and the number of its first line.
  var textStart = 0
  var firstLine = 1

  static let limit = 64 << 10

  /// What is wrong with front matter, and in which line of the file.
  struct Failure: Error {
    var line: Int
    var message: String
    /// Where the text begins after what could not be read.
    var textStart = 0
    var firstLine = 1
  }

  init() {}

  /// Reads the front matter of a text, if it has any. Bounded in size and depth.
  init(in text: Bytes) throws(Failure) {
    guard text.has("---", at: 0), Self.isFence(text, Line(start: 0, end: text.lineEnd(from: 0), number: 1)) else {
      return
    }
    let head = Line.split(Bytes(rebasing: text.prefix(Self.limit)))
    guard let close = head.dropFirst().first(where: { Self.isFence(text, $0) || Self.isEnd(text, $0) }) else {
      // A rule at the top of a text without front matter, unless it never ends within the limit.
      return
    }
    let yaml = text.string((text.lineEnd(from: 0) + 1)..<close.start)
    (textStart, firstLine) = (min(close.end + 1, text.count), close.number + 1)
    do {
      if try read(yaml) { return }
    } catch  where Self.namesSomething(yaml) {
      throw Failure(line: error.line, message: error.message, textStart: textStart, firstLine: firstLine)
    } catch {}
    self = FrontMatter()
  }

  /// Whether the first line of a text that is no YAML looks as if it were to be: `name: value`.
  private static func namesSomething(_ yaml: String) -> Bool {
    let first = yaml.split(separator: "\n").first { !$0.trimmed.isEmpty && !$0.hasPrefix("#") } ?? ""
    guard let colon = first.firstIndex(of: ":") else { return false }
    return first[..<colon].allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }
  }

  /// What a text says in YAML, bounded in depth.
  static func yaml(_ text: String) throws(Failure) -> Node? {
    guard depth(of: text) <= 32 else { throw Failure(line: 1, message: "nested too deeply") }
    do {
      return try Yams.compose(yaml: text, .default, .default, .utf8)
    } catch {
      throw failure(error)
    }
  }

  /// Reads YAML; false if it names nothing.
  private mutating func read(_ yaml: String) throws(Failure) -> Bool {
    let root: Node?
    do {
      root = try Self.yaml(yaml)
    } catch {
      throw Failure(line: error.line, message: "front matter: " + error.message)
    }
    guard case .mapping(let mapping)? = root else { return false }
    title = mapping["title"]?.scalar?.string
    description = mapping["description"]?.scalar?.string ?? mapping["summary"]?.scalar?.string
    order = (mapping["order"] ?? mapping["weight"] ?? mapping["nav_order"])?.scalar.flatMap { Int($0.string) }
    number = mapping["number"]?.scalar?.string
    if let number, number.count > 8 || !number.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "." }) || number.isEmpty
    {
      let line = (mapping["number"]?.mark?.line ?? 1) + 1
      throw Failure(line: line, message: "not a number for a title (letters, digits and dots, 8 at most): \(number)")
    }
    if let node = mapping["date"] {
      let text = node.scalar?.string ?? node.mapping?["created"]?.scalar?.string ?? ""
      guard let day = Self.day(text) else {
        throw Failure(line: (node.mark?.line ?? 1) + 1, message: "not a date (YYYY-MM-DD): \(text)")
      }
      date = day
    }
    isDraft = mapping["draft"]?.bool ?? false
    isSearched = !(mapping["search"]?.mapping?["exclude"]?.bool ?? false)
    return true
  }

  /// The day that an ISO date begins with, checked; `2024-1-5` is one too.
  static func day(_ text: String) -> String? {
    let day = text.prefix { CodeByte.isDigit($0.asciiValue ?? 0) || $0 == "-" }
    let parts = day.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].utf8.count == 4, let month = Int(parts[1]), let date = Int(parts[2]),
      (1...12).contains(month), (1...31).contains(date)
    else { return nil }
    return String(parts[0]) + (month < 10 ? "-0\(month)" : "-\(month)") + (date < 10 ? "-0\(date)" : "-\(date)")
  }

  private static func isFence(_ text: Bytes, _ line: Line) -> Bool {
    let line = line.trimmedEnd(in: text)
    return line.end - line.start == 3 && text.has("---", at: line.start)
  }

  /// `...`, with which YAML ends a document.
  private static func isEnd(_ text: Bytes, _ line: Line) -> Bool {
    let line = line.trimmedEnd(in: text)
    return line.end - line.start == 3 && text.has("...", at: line.start)
  }

  /// A bound on how deep the YAML nests: brackets open at once, or marks of nested lists on one line.
  static func depth(of yaml: String) -> Int {
    var (open, deepest) = (0, 0)
    var marks = 0
    for byte in yaml.utf8 {
      switch byte {
      case UInt8(ascii: "["), UInt8(ascii: "{"): open += 1
      case UInt8(ascii: "]"), UInt8(ascii: "}"): open = max(0, open - 1)
      case 0x0a: marks = 0
      case UInt8(ascii: "-"), UInt8(ascii: "?"), UInt8(ascii: ":"): marks += 1
      default: break
      }
      deepest = max(deepest, open, marks > 200 ? marks : 0)
    }
    return deepest
  }

  private static func failure(_ error: any Error) -> Failure {
    switch error as? YamlError {
    case .scanner(_, let problem, let mark, _)?, .parser(_, let problem, let mark, _)?,
      .composer(_, let problem, let mark, _)?:
      return Failure(line: mark.line + 1, message: problem)
    default:
      return Failure(line: 1, message: "\(error)")
    }
  }
}
