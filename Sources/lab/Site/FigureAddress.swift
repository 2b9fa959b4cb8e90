import Figures
import SiteGenerator

/// What a figure is asked for by, in a page and on the command line: `SCENARIO/VARIANT/KIND?name=value&…`, or a file in
/// place of the capture's name.
struct FigureAddress: Sendable, Hashable {
  /// The capture's name or the file's path.
  var capture: String
  /// The query's items, in the order written.
  var items: [QueryItem]

  init(capture: String, items: [QueryItem]) {
    self.capture = capture
    self.items = items
  }

  /// Takes an address apart. `%26` and its like stand for what would end an item.
  init(_ text: String) {
    let question = text.firstIndex(of: "?") ?? text.endIndex
    capture = String(text[..<question])
    items = text[question...].dropFirst().split(separator: "&").map { item in
      let pair = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      let value = pair.count == 2 ? pair[1] : ""
      return QueryItem(name: pair[0], value: value.removingPercentEncoding ?? value)
    }
  }

  /// The address in one piece, which `init` takes apart again; as legible as it can be.
  var text: String {
    let query = items.map { "\($0.name)=\(Self.encoded($0.value))" }.joined(separator: "&")
    return query.isEmpty ? capture : "\(capture)?\(query)"
  }

  /// The options that it asks for.
  func options() throws -> FigureOptions { try FigureOptions(items.map { (name: $0.name, value: $0.value) }) }

  /// The command that draws the figure, as one types it.
  var command: String { "./lab figure '\(text)' -o figure.svg" }

  /// What would end an item or the quotation marks around the address, percent-encoded.
  private static func encoded(_ value: String) -> String {
    value.utf8.reduce(into: "") { text, byte in
      let isPlain = byte >= 0x20 && byte != 0x7F && !"%&'".utf8.contains(byte)
      if isPlain, byte < 0x80 {
        text.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        let digits = String(byte, radix: 16, uppercase: true)
        text += "%" + (digits.count == 1 ? "0" : "") + digits
      }
    }
  }
}
