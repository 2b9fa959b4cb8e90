/// A finding in the comments of a profile: a line for people, and one for programs, which pprof shows to nobody as it
/// begins with `#`.
///
///     finding: 98 tasks waited up to 1 s, 48 s in all, for a thread of the pool …
///     #finding<TAB>pool-starved<TAB>count=98<TAB>longest=1010000000<TAB>sum=48000000000<TAB>subject=logIn()
extension Finding {
  /// Both lines.
  public var comments: [String] { ["\(Self.mark)\(Self.plain(sentence))", record] }

  /// Findings in comments, in their order. What is not readable as one is left out.
  public static func all(in comments: [String]) -> [Finding] { comments.compactMap(Finding.init(comment:)) }

  /// Whether a comment is the line for people.
  public static func isSentence(_ comment: String) -> Bool { comment.hasPrefix(mark) }

  private static let mark = "finding: "
  private static let recordMark = "#finding"

  private var record: String {
    let measures = measured.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.key.rawValue)=\($0.value)" }
    let waited = on.map { ["on=\(Self.plain($0))"] } ?? []
    let fields = [Self.recordMark, kind.rawValue, "count=\(count)"] + measures + waited
    return (fields + ["subject=\(Self.plain(subject))"]).joined(separator: "\t")
  }

  /// The finding that the line for programs is; nil if it is none.
  public init?(comment: String) {
    let fields = comment.split(separator: "\t", omittingEmptySubsequences: false)
    guard fields.count >= 2, fields[0] == Self.recordMark, let kind = Kind(rawValue: String(fields[1])) else {
      return nil
    }
    var values: [Substring: Substring] = [:]
    for field in fields.dropFirst(2) {
      guard let equals = field.firstIndex(of: "=") else { return nil }
      values[field[..<equals]] = field[field.index(after: equals)...]
    }
    guard let subject = values["subject"], let count = values["count"].flatMap({ Int($0) }) else { return nil }
    var measured: [Measure: Int] = [:]
    for measure in Measure.allCases { measured[measure] = values[Substring(measure.rawValue)].flatMap { Int($0) } }
    self.init(
      kind, subject: String(subject), count: count, measured: measured, on: values["on"].map { String($0) })
  }

  /// A text on one line, without what separates fields.
  private static func plain(_ text: String) -> String {
    String(text.map { $0 == "\t" || $0.isNewline ? " " : $0 })
  }
}
