import Yams

/// A `mkdocs.yml` with what it has from others: `INHERIT: ../base.yml`.
///
/// As MkDocs does it, what both have of names and values is joined, and of anything else the file's own holds.
struct MkDocsFile {
  private(set) var mapping: Node.Mapping
  /// All that was read, to tell one state from another.
  private(set) var text: String
  /// Which file each setting at the top is from, where another has it.
  private(set) var origins: [String: String] = [:]
  /// What is wrong with a file that is inherited, or the way to it.
  private(set) var problem: Problem?

  static let limit = 1 << 20
  private static let maximumDepth = 16

  /// The file's own text, and all that it inherits; nil if it names nothing. Throws where it is no YAML.
  init?(_ yaml: String, of file: String) throws(FrontMatter.Failure) {
    guard case .mapping(let mapping)? = try FrontMatter.yaml(yaml) else { return nil }
    (self.mapping, text) = (mapping, yaml)
    inherit(into: file)
  }

  private mutating func inherit(into file: String) {
    var seen: Set<String> = [file]
    var current = file
    while let node = mapping["INHERIT"], let way = node.scalar?.string {
      mapping["INHERIT"] = nil
      let base = Self.path(way, from: current)
      let line = node.mark?.line ?? 1
      func fail(_ message: String) {
        problem = Problem(file: current, line: line, message: message, severity: .warning)
      }
      guard seen.count < Self.maximumDepth else { return fail("inherits from more than \(Self.maximumDepth) files") }
      guard seen.insert(base).inserted else { return fail("inherits itself: \(way)") }
      guard let stamp = FileStamp(base), stamp.size <= Self.limit, let bytes = try? Files.read(base) else {
        return fail("no such file to inherit: \(way)")
      }
      do {
        let yaml = String(decoding: bytes, as: UTF8.self)
        guard case .mapping(let inherited)? = try FrontMatter.yaml(yaml) else { return }
        for (key, _) in inherited where mapping[key] == nil { origins[key.scalar?.string ?? ""] = base }
        mapping = Self.merged(inherited, mapping)
        text += "\n" + yaml
      } catch {
        problem = Problem(file: base, line: max(1, error.line - 1), message: error.message, severity: .warning)
        return
      }
      current = base
    }
  }

  /// One mapping over another.
  private static func merged(_ base: Node.Mapping, _ own: Node.Mapping) -> Node.Mapping {
    var result = base
    for (key, value) in own {
      if case .mapping(let below)? = base[key], case .mapping(let above) = value {
        result[key] = .mapping(merged(below, above))
      } else {
        result[key] = value
      }
    }
    return result
  }

  private static func path(_ way: String, from file: String) -> String {
    let directory = SitePath.directory(of: file)
    guard directory.hasPrefix("/"), !way.hasPrefix("/") else { return way.hasPrefix("/") ? way : directory + way }
    return "/" + (SitePath.resolve(way, in: directory.dropFirst(), stays: true) ?? way)
  }
}
