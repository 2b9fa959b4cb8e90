import Foundation
import Mustache

/// The templates, styles and scripts of a directory, read once.
struct Theme: Sendable {
  /// What makes a theme unusable.
  struct Failure: Error, CustomStringConvertible {
    var path: String
    var message: String
    var description: String { "\(path): \(message)" }
  }

  let templates: MustacheLibrary
  /// All styles, one after another, comments and needless space left out.
  let style: [UInt8]
  let script: [UInt8]
  /// Tells one state of the theme from another.
  let key: String

  static let required = ["page", "figure", "claim", "missing"]

  /// Reads `templates/*.mustache`, `styles/*.css` (`variables.css` first) and `scripts/*.js` of a directory.
  init(directory: String) throws {
    var templates = MustacheLibrary()
    var style: [UInt8] = []
    var script: [UInt8] = []
    var hash = ContentHash()
    var styles: [String] = []
    var found: Set<String> = []
    for (path, _) in try Files.tree(directory) {
      let full = directory + "/" + path
      if path.hasPrefix("templates/"), path.hasSuffix(".mustache") {
        let bytes = try Files.read(full)
        hash.add(path)
        hash.add(bytes)
        let name = String(path.dropFirst("templates/".count).dropLast(".mustache".count))
        do {
          try templates.register(String(decoding: bytes, as: UTF8.self), named: name)
        } catch {
          throw Failure(path: full, message: "\(error)")
        }
        found.insert(name)
      } else if path.hasPrefix("styles/"), path.hasSuffix(".css") {
        styles.append(path)
      } else if path.hasPrefix("scripts/"), path.hasSuffix(".js") {
        script += try Files.read(full)
        // One script must not become an argument of the one before it.
        script += ";\n".utf8
      }
    }
    for name in Self.required where !found.contains(name) {
      throw Failure(path: directory + "/templates/\(name).mustache", message: "no such template")
    }
    styles.sort { ($0 == "styles/variables.css" ? "" : $0) < ($1 == "styles/variables.css" ? "" : $1) }
    for path in styles { style += Stylesheet.minified(try Files.read(directory + "/" + path)) }
    hash.add(style)
    hash.add(script)
    self.templates = templates
    self.style = style
    self.script = script
    key = hash.hex
  }
}
