import CProfiler
import Findings
import Pprof
import Symbolization
import Waiting

/// Every task that lived at one moment, and every thread, in words: a paragraph each.
///
///     task 4711 "feeder" [waiting on continuation, 23 min], priority medium, made 25 min ago by task 17
///       Feeder.next() at Feeder.swift:31
///       Feeder.run() at Feeder.swift:12
///       created by Server.start() at Server.swift:88
///
/// Deadlocks stand before all, a sentence each; and with each task and thread what it waits for and who has that, as far as
/// it is known: `waits for Mutex accounts (0x55d0), held by task 6 "credit", for 3 s`. A file whose name ends in `.json`
/// has that alone, as `WaitGraph`.
///
/// It is put into words page by page, as it is asked for.
public struct TaskDump: Sendable {
  /// Paragraphs on a page.
  public static let pageLength = 1000

  private enum Source {
    case collection(TaskCollection, TaskNaming, ProgramWaits)
    /// What was read of a file.
    case text(String)
  }
  private let source: Source
  private let withLabels: Bool
  /// What the tasks do that they should not, as far as it is known; of what was read of a file it is in the text.
  let findings: [Finding]
  /// How long it took to collect, without the words; zero of what was read of a file.
  public let collecting: Duration
  /// For how long a thread was kept from its work at most, to tell where it is; zero of what was read of a file.
  public let longestPause: Duration

  init(_ collection: TaskCollection, withLabels: Bool) {
    let naming = TaskNaming(collection)
    source = .collection(collection, naming, ProgramWaits(collection, naming))
    findings = collection.habits.findings()
    self.withLabels = withLabels
    collecting = collection.collecting
    longestPause = collection.longestPause
  }

  private init(text: String) {
    source = .text(text)
    findings = []
    withLabels = true
    (collecting, longestPause) = (.zero, .zero)
  }

  /// How many pages there are; at least one.
  public var pageCount: Int {
    guard case .collection(let collection, _, _) = source else { return 1 }
    let paragraphs = collection.tasks.count + collection.threads.count
    return max(1, (paragraphs + Self.pageLength - 1) / Self.pageLength)
  }

  /// One page, from 0: its head, the tasks, oldest first, and after them the threads.
  public func page(_ number: Int) -> String {
    guard case .collection(let collection, let naming, let waits) = source else {
      if case .text(let text) = source { return text }
      return ""
    }
    var page = TaskDumpPage(naming: naming, waits: waits, withLabels: withLabels)
    if number == 0 { page.begin(collection, findings) }
    if pageCount > 1 { page.add("page \(number + 1) of \(pageCount)\n") }
    let places = number * Self.pageLength..<(number + 1) * Self.pageLength
    for place in places where place < collection.tasks.count { page.add(collection.tasks[place]) }
    for place in places {
      let thread = place - collection.tasks.count
      if collection.threads.indices.contains(thread) { page.add(collection.threads[thread]) }
    }
    return page.text
  }

  /// Who waits for whom; nil of what was read of a file.
  public var waits: WaitGraph? {
    guard case .collection(_, _, let waits) = source else { return nil }
    return waits.graph
  }

  /// All pages.
  public var description: String { (0..<pageCount).map(page).joined() }
}

extension TaskDump: CustomStringConvertible {}

extension TaskDump: ProfileContents {
  /// Of the text.
  public static let suffix = ".tasks.txt"
  /// Every task.
  public static let coverage = ProfileCoverage.all(of: "tasks")

  /// Reads the text.
  public init(fileBytes: [UInt8]) throws { self.init(text: String(decoding: fileBytes, as: UTF8.self)) }

  /// The text, or JSON for a name that ends so.
  public func bytes(forFile name: String) -> [UInt8] { pieces(forFile: name).flatMap { $0 } }

  /// Page by page; of a name that ends in `.json` who waits for whom.
  public func pieces(forFile name: String) -> any Collection<[UInt8]> {
    if name.hasSuffix(".json"), let waits { return [waits.json] }
    return (0..<pageCount).lazy.map { Array(page($0).utf8) }
  }

  /// The same: it names files without their folders.
  public func renamingFiles(_ rename: (String) -> String) -> TaskDump { self }

  /// The text itself.
  public var text: String? { description }

  /// How long it took to collect, and kept threads from their work.
  public var facts: [(name: String, value: String)] {
    guard case .collection = source else { return [] }
    return [
      ("collected in", TaskDumpPage.words(collecting)), ("longest pause of a thread", TaskDumpPage.words(longestPause)),
    ]
  }
}
