import Foundation
import SiteGenerator

/// Finds the lines between `// lesson: begin NAME` and `// lesson: end NAME`.
enum SourceRegions {
  static func region(_ reference: SourceReference) throws -> SourceRegion {
    let text = try file(reference.file)
    guard let region = reference.region else { return SourceRegion(text: text, firstLine: 1) }
    let place = try Place(of: region, in: text, of: reference.file)
    return SourceRegion(text: place.shown, firstLine: place.lines.lowerBound + 1)
  }

  /// The text of a file of the package.
  static func file(_ name: String) throws -> String {
    guard !name.split(separator: "/").contains(".."),
      let text = try? String(contentsOfFile: Workspace.path(name), encoding: .utf8)
    else { throw LabError.failed("no such source file '\(name)'") }
    return text
  }

  /// Where a region stands in a file.
  struct Place {
    /// The file's lines.
    let all: [Substring]
    /// The region's own, without its marks, counted from 0.
    let lines: Range<Int>
    /// By how much all of them are indented.
    let indent: Int

    init(of region: String, in text: String, of file: String) throws {
      let all = text.split(separator: "\n", omittingEmptySubsequences: false)
      func marker(_ word: String) throws -> Int {
        let mark = "// lesson: \(word) \(region)"
        let places = all.indices.filter { all[$0].trimmingCharacters(in: .whitespaces) == mark }
        guard places.count == 1 else {
          throw LabError.failed("\(file): \(places.isEmpty ? "no" : "more than one") line '\(mark)'")
        }
        return places[0]
      }
      let (begin, end) = (try marker("begin"), try marker("end"))
      guard begin < end else { throw LabError.failed("\(file): region '\(region)' ends before it begins") }
      self.all = all
      lines = (begin + 1)..<end
      indent =
        Self.body(all[lines]).filter { !$0.allSatisfy(\.isWhitespace) }.map { $0.prefix { $0 == " " }.count }.min() ?? 0
    }

    /// The region as pages show it: without the marks of others in it, common indentation removed.
    var shown: String {
      Self.body(all[lines]).map { $0.dropFirst(min(indent, $0.count)) }.joined(separator: "\n")
    }

    private static func body(_ lines: ArraySlice<Substring>) -> [Substring] {
      lines.filter { !$0.trimmingCharacters(in: .whitespaces).hasPrefix("// lesson: ") }
    }
  }
}
