/// What is remembered of a page from one build to the next.
struct PageRecord: Equatable, Sendable {
  var source: PageSource
  var stamp: FileStamp
  var contentHash: String
  /// A hash of all the page was made from.
  var key: String
  /// The written page.
  var output: FileStamp
  /// Its ids, one a line: read back for every page, looked into for few.
  var ids: String
  /// Its links to places in pages.
  var places: [RenderedPage.Link]
  var references: [String]
  var assets: [String]
  var downloads: [RenderedPage.Download]
  /// Files that go with its figures, as they were written.
  var companions: [Companion]
  /// Files whose text is part of its own, as they were.
  var included: [Snippets.Included]
  var problems: [Problem]
  /// Its entry in the search index; nil if the one in the last build's index still holds. Not part of the record.
  var search: [UInt8]?

  /// A file that goes with a figure.
  struct Companion: Equatable, Sendable {
    var path: String
    var stamp: FileStamp
  }
}

extension PageRecord {
  func write(to writer: inout RecordWriter) {
    for text in [source.path, source.page, source.title, source.description] { writer.put(text) }
    writer.put(source.navigationTitle ?? "")
    writer.put(source.date ?? "")
    writer.put(source.order.map { String($0) } ?? "")
    writer.put(source.number ?? "")
    writer.put((source.hasHeading ? 1 : 0) + (source.isSearched ? 2 : 0))
    writer.put(stamp)
    writer.put(contentHash)
    writer.put(key)
    writer.put(output)
    writer.put(ids)
    writer.put(places) {
      $0.put($1.source)
      $0.put($1.fragment)
      $0.put($1.line)
    }
    writer.put(references) { $0.put($1) }
    writer.put(assets) { $0.put($1) }
    writer.put(downloads) {
      $0.put($1.from)
      $0.put($1.to)
    }
    writer.put(companions) {
      $0.put($1.path)
      $0.put($1.stamp)
    }
    writer.put(included) {
      $0.put($1.file)
      $0.put($1.stamp)
    }
    writer.put(problems) {
      $0.put($1.file)
      $0.put($1.line)
      $0.put($1.message)
      $0.put(Int($1.severity.rawValue))
    }
  }

  init(from reader: inout RecordReader) throws(RecordReader.Failure) {
    source = PageSource(
      path: try reader.text(), page: try reader.text(), title: try reader.text(), description: try reader.text())
    let navigationTitle = try reader.text()
    source.navigationTitle = navigationTitle.isEmpty ? nil : navigationTitle
    let date = try reader.text()
    source.date = date.isEmpty ? nil : date
    source.order = Int(try reader.text())
    let number = try reader.text()
    source.number = number.isEmpty ? nil : number
    let flags = try reader.number()
    (source.hasHeading, source.isSearched) = (flags & 1 != 0, flags & 2 != 0)
    stamp = try reader.stamp()
    contentHash = try reader.text()
    key = try reader.text()
    output = try reader.stamp()
    ids = try reader.text()
    places = try reader.list { reader throws(RecordReader.Failure) in
      RenderedPage.Link(source: try reader.text(), fragment: try reader.text(), line: try reader.number())
    }
    references = try reader.list { reader throws(RecordReader.Failure) in try reader.text() }
    assets = try reader.list { reader throws(RecordReader.Failure) in try reader.text() }
    downloads = try reader.list { reader throws(RecordReader.Failure) in
      RenderedPage.Download(from: try reader.text(), to: try reader.text())
    }
    companions = try reader.list { reader throws(RecordReader.Failure) in
      Companion(path: try reader.text(), stamp: try reader.stamp())
    }
    included = try reader.list { reader throws(RecordReader.Failure) in
      Snippets.Included(file: try reader.text(), stamp: try reader.stamp())
    }
    problems = try reader.list { reader throws(RecordReader.Failure) in
      Problem(
        file: try reader.text(), line: try reader.number(), message: try reader.text(),
        severity: Problem.Severity(rawValue: UInt8(clamping: try reader.number())) ?? .error)
    }
  }
}
