import Foundation
import SiteGenerator

/// What a reader has made of a region that a page shows.
struct EditedRegion: Sendable {
  /// The file, as seen from the root.
  let file: String
  /// The whole file with the region replaced.
  let text: String
  /// Where the region stands in it: lines counted from 1, and by how much they are indented.
  private let lines: ClosedRange<Int>
  private let indent: Int

  /// - Parameter text: the region's lines as the page shows them, without common indentation.
  init(_ source: SourceReference, text edited: String) throws {
    guard let region = source.region else {
      throw LabError.usage("a region of \(source.file) is edited, not all of it")
    }
    let place = try SourceRegions.Place(of: region, in: SourceRegions.file(source.file), of: source.file)
    file = source.file
    indent = place.indent
    let padding = String(repeating: " ", count: indent)
    let body = edited.replacing("\r\n", with: "\n").split(separator: "\n", omittingEmptySubsequences: false).map {
      $0.isEmpty ? "" : padding + $0
    }
    text =
      (place.all[..<place.lines.lowerBound].map(String.init) + body
      + place.all[place.lines.upperBound...].map(String.init))
      .joined(separator: "\n")
    lines = (place.lines.lowerBound + 1)...(place.lines.lowerBound + max(body.count, 1))
  }

  /// The line of the region and its column, from 1, for a place in the file; nil if it lies elsewhere.
  func place(line: Int, column: Int) -> (line: Int, column: Int)? {
    guard lines.contains(line) else { return nil }
    return (line - lines.lowerBound + 1, max(1, column - indent))
  }
}
