import Pprof

/// What makes two samples one: the stack and all labels.
struct SampleKey: Hashable {
  let locations: [Int]
  let labels: [String: [String]]
  let numericLabels: [String: [NumericLabel]]
}

/// What makes two locations one: the place in the file, and the lines.
struct LocationKey: Hashable {
  private let offset: UInt64
  private let mapping: Int?
  private let lines: [Line]
  private let isFolded: Bool

  /// The key of a location whose mapping begins at `start`.
  init(_ location: Location, start: UInt64) {
    offset = location.address &- start
    mapping = location.mapping
    isFolded = location.isFolded
    // pprof's key holds the column of the outermost line only.
    var lines = location.lines
    for index in lines.indices.dropLast() { lines[index].column = 0 }
    self.lines = lines
  }
}

/// What makes two functions one: all but the id.
struct FunctionKey: Hashable {
  private let startLine: Int64
  private let name: ByteString
  private let systemName: ByteString
  private let filename: ByteString

  init(_ function: Function) {
    startLine = function.startLine
    name = ByteString(function.name)
    systemName = ByteString(function.systemName)
    filename = ByteString(function.filename)
  }
}

/// What makes two mappings one: the file (by build id, else by name; all nameless ones are one) and the part of it.
struct MappingKey: Hashable {
  private let size: UInt64
  private let offset: UInt64
  private let file: ByteString

  init(_ mapping: Mapping) {
    // Whole pages, since tools differ in how they count the last one.
    let page: UInt64 = 0x1000
    let size = mapping.limit &- mapping.start &+ (page - 1)
    self.size = size - size % page
    offset = mapping.offset
    file = ByteString(mapping.buildID.isEmpty ? mapping.file : mapping.buildID)
  }
}
