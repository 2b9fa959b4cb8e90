/// A file mapped into the observed process.
public struct Mapping: Sendable, Hashable {
  /// The number the file gives it; not 0.
  public var id: UInt64
  /// First address.
  public var start: UInt64
  /// One past the last address.
  public var limit: UInt64
  /// Offset in the file of `start`.
  public var offset: UInt64
  /// Path of the file.
  public var file: String
  /// Its build id, in hexadecimal.
  public var buildID: String
  /// Whether functions are known for its locations.
  public var hasFunctions: Bool
  /// Whether file names are known.
  public var hasFilenames: Bool
  /// Whether line numbers are known.
  public var hasLineNumbers: Bool
  /// Whether inlined frames are known.
  public var hasInlineFrames: Bool

  /// A mapping with nothing symbolized yet.
  public init(
    id: UInt64, start: UInt64 = 0, limit: UInt64 = 0, offset: UInt64 = 0, file: String = "", buildID: String = "",
    hasFunctions: Bool = false, hasFilenames: Bool = false, hasLineNumbers: Bool = false,
    hasInlineFrames: Bool = false
  ) {
    self.id = id
    self.start = start
    self.limit = limit
    self.offset = offset
    self.file = file
    self.buildID = buildID
    self.hasFunctions = hasFunctions
    self.hasFilenames = hasFilenames
    self.hasLineNumbers = hasLineNumbers
    self.hasInlineFrames = hasInlineFrames
  }
}
