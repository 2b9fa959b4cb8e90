import Foundation
import SiteGenerator

/// Finds the lines between `// lesson: begin NAME` and `// lesson: end NAME`.
enum SourceRegions {
  static func region(_ reference: SourceReference) throws -> SourceRegion {
    let path = Workspace.path(reference.file)
    guard !reference.file.split(separator: "/").contains(".."),
      let text = try? String(contentsOfFile: path, encoding: .utf8)
    else { throw LabError.failed("no such source file '\(reference.file)'") }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard let region = reference.region else { return SourceRegion(text: text, firstLine: 1) }

    func marker(_ word: String) throws -> Int {
      let mark = "// lesson: \(word) \(region)"
      let places = lines.indices.filter { lines[$0].trimmingCharacters(in: .whitespaces) == mark }
      guard places.count == 1 else {
        throw LabError.failed(
          "\(reference.file): \(places.isEmpty ? "no" : "more than one") line '\(mark)'")
      }
      return places[0]
    }
    let (begin, end) = (try marker("begin"), try marker("end"))
    guard begin < end else { throw LabError.failed("\(reference.file): region '\(region)' ends before it begins") }
    let body = lines[(begin + 1)..<end].filter { !$0.trimmingCharacters(in: .whitespaces).hasPrefix("// lesson: ") }
    let indent = body.filter { !$0.allSatisfy(\.isWhitespace) }.map { $0.prefix { $0 == " " }.count }.min() ?? 0
    return SourceRegion(
      text: body.map { $0.dropFirst(min(indent, $0.count)) }.joined(separator: "\n"), firstLine: begin + 2)
  }
}
