/// A function of the observed program.
public struct Function: Sendable, Hashable {
  /// The number the file gives it; not 0.
  public var id: UInt64
  /// The name for people, e.g. `RecordBatch.decode(from:)`.
  public var name: String
  /// The name of the linker, e.g. a mangled one.
  public var systemName: String
  /// The source file.
  public var filename: String
  /// Its first line; 0 if unknown.
  public var startLine: Int64

  /// A function of the given names.
  public init(id: UInt64, name: String, systemName: String = "", filename: String = "", startLine: Int64 = 0) {
    self.id = id
    self.name = name
    self.systemName = systemName
    self.filename = filename
    self.startLine = startLine
  }
}
