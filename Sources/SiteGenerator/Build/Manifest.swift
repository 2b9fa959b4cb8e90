/// What the last build made of what: lets the next one leave unchanged pages alone.
struct Manifest: Equatable {
  /// A hash of what every page depends on: theme, options, program, the set of files.
  var environment = ""
  var pages: [PageRecord] = []
  /// Copied files: where they went, and what they were copied from.
  var copies: [String: FileStamp] = [:]
  /// A hash of what the other files of the site (sitemap, feed, index …) were made from.
  var extrasKey = ""
  /// Those files as they were written.
  var extras: [String: FileStamp] = [:]

  private static let mark = "swift-diagnostics-lab site 5"

  /// The manifest of the last build; an empty one if there is none, or none that can be read.
  init(at path: String) {
    guard let bytes = try? Files.read(path) else { return }
    var reader = RecordReader(bytes)
    guard let manifest = try? Manifest(from: &reader) else { return }
    self = manifest
  }

  init() {}

  private init(from reader: inout RecordReader) throws(RecordReader.Failure) {
    guard try reader.text() == Self.mark else { throw RecordReader.Failure(offset: 0) }
    environment = try reader.text()
    pages = try reader.list { reader throws(RecordReader.Failure) in try PageRecord(from: &reader) }
    copies = try Self.stamps(from: &reader)
    extrasKey = try reader.text()
    extras = try Self.stamps(from: &reader)
    guard reader.isAtEnd else { throw RecordReader.Failure(offset: 0) }
  }

  func save(to path: String) throws(FileError) {
    var writer = RecordWriter()
    writer.put(Self.mark)
    writer.put(environment)
    writer.put(pages) { $1.write(to: &$0) }
    Self.put(copies, to: &writer)
    writer.put(extrasKey)
    Self.put(extras, to: &writer)
    try Files.makeDirectory(String(SitePath.directory(of: path)))
    try Files.replace(path, with: writer.bytes)
  }

  private static func put(_ stamps: [String: FileStamp], to writer: inout RecordWriter) {
    writer.put(stamps.sorted { $0.key < $1.key }) {
      $0.put($1.key)
      $0.put($1.value)
    }
  }

  private static func stamps(from reader: inout RecordReader) throws(RecordReader.Failure) -> [String: FileStamp] {
    let list = try reader.list { reader throws(RecordReader.Failure) in (try reader.text(), try reader.stamp()) }
    return Dictionary(list) { first, _ in first }
  }
}
