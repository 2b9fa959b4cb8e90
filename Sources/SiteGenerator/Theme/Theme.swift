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

  /// Reads `templates/*.mustache`, `styles/*.css` and `scripts/*.js` of a directory.
  ///
  /// `variables.css` comes first, and `print.css` last, since what holds on paper holds against all others. The figures' own styles stand among the others as if they were `figures.css`.
  init(directory: String, figures: [UInt8] = []) throws {
    var templates = MustacheLibrary()
    var style: [UInt8] = []
    var script: [UInt8] = []
    var hash = ContentHash()
    var styles = ["styles/figures.css": figures]
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
        styles[path] = try Files.read(full)
      } else if path.hasPrefix("scripts/"), path.hasSuffix(".js") {
        script += try Files.read(full)
        // One script must not become an argument of the one before it.
        script += ";\n".utf8
      }
    }
    for name in Self.required where !found.contains(name) {
      throw Failure(path: directory + "/templates/\(name).mustache", message: "no such template")
    }
    let first = styles.removeValue(forKey: "styles/variables.css") ?? []
    style = Stylesheet.minified(first)
    let last = styles.removeValue(forKey: "styles/print.css") ?? []
    for (_, sheet) in styles.sorted(by: { $0.key < $1.key }) { style += Stylesheet.minified(sheet) }
    style += Stylesheet.minified(last)
    hash.add(style)
    hash.add(script)
    self.templates = templates
    self.style = style
    self.script = script
    key = hash.hex
  }
}
