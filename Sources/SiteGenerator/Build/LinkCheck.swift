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
          let all =
            SitePath.isHTML(link.source)
            ? copied(content + "/" + link.source) : Set(records[link.source]?.ids.split(separator: "\n") ?? [])
          ids[link.source] = all
          open[link.source] = all.filter { $0.hasSuffix(".*") }.map { $0.dropLast() }
        }
        guard ids[link.source]?.contains(link.fragment[...]) == false,
          open[link.source]?.contains(where: { link.fragment.hasPrefix($0) }) != true
        else { continue }
        // A script may make what the file does not have.
        let isSure = ids[link.source]?.contains(Self.script) == false
        result.append(
          Problem(
            file: "\(content)/\(page.source.path)", line: link.line,
            message: "no such place in \(link.source)\(isSure ? "" : ", unless a script makes it"): #\(link.fragment)",
            severity: isSure ? .warning : .note))
      }
    }
    return result
  }

  /// Stands among the ids of a file that has scripts; no id is so.
  private static let script: Substring = "<script"

  /// The places in a copied HTML file; those of one that cannot be read are unknown.
  private static func copied(_ file: String) -> Set<Substring> {
    guard let bytes = try? Files.read(file) else { return [script] }
    var result: Set<Substring> = ["top"]
    for tag in bytes.withUnsafeBufferPointer({ RawHTML.tags(in: $0) }) {
      if let id = tag["id"] { result.insert(id[...]) }
      if tag.name == "a", let name = tag["name"] { result.insert(name[...]) }
      if tag.name == "script" { result.insert(script) }
    }
    return result
  }
}
