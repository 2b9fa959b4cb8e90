import Pprof

/// A report of lost tasks, in words.
public struct TaskLeakText: Sendable {
  private let words: String

  init(_ words: String) { self.words = words }
}

extension TaskLeakText: ProfileContents {
  /// Of the text.
  public static let suffix = ".taskleaks.txt"
  /// Every task.
  public static let coverage = ProfileCoverage.all(of: "lost tasks")

  /// Reads the text.
  public init(fileBytes: [UInt8]) throws { self.init(String(decoding: fileBytes, as: UTF8.self)) }

  /// The text, whatever the name.
  public func bytes(forFile name: String) -> [UInt8] { Array(words.utf8) }

  /// The same: it names files without their folders.
  public func renamingFiles(_ rename: (String) -> String) -> TaskLeakText { self }

  /// The text itself.
  public var text: String? { words }

  /// None.
  public var facts: [(name: String, value: String)] { [] }
}
