/// Links to places in pages, checked when all pages are known.
enum LinkCheck {
  static func problems(in pages: [PageRecord], content: String) -> [Problem] {
    guard pages.contains(where: { !$0.places.isEmpty }) else { return [] }
    var ids: [String: Set<Substring>] = [:]
    // What a page has more places of than it shows: `name.*`.
    var open: [String: [Substring]] = [:]
    let records = Dictionary(pages.map { ($0.source.path, $0) }) { first, _ in first }
    var result: [Problem] = []
    for page in pages {
      for link in page.places {
        if ids[link.source] == nil {
          let all = Set(records[link.source]?.ids.split(separator: "\n") ?? [])
          ids[link.source] = all
          open[link.source] = all.filter { $0.hasSuffix(".*") }.map { $0.dropLast() }
        }
        guard ids[link.source]?.contains(link.fragment[...]) == false,
          open[link.source]?.contains(where: { link.fragment.hasPrefix($0) }) != true
        else { continue }
        result.append(
          Problem(
            file: "\(content)/\(page.source.path)", line: link.line,
            message: "no such place in \(link.source): #\(link.fragment)", severity: .warning))
      }
    }
    return result
  }
}
