import Foundation
import TestSupport

/// An answer, taken apart.
struct Answer {
  var status = 0
  var head = ""
  var body = ""

  init(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    let parts = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
    head = String(parts[0])
    body = parts.dropFirst().first.map(String.init) ?? ""
    let words = head.split(separator: " ")
    status = words.count > 1 ? Int(words[1]) ?? 0 : 0
  }

  func header(_ name: String) -> String? {
    head.split(separator: "\r\n").first { $0.lowercased().hasPrefix(name.lowercased() + ":") }
      .map { $0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces) }
  }
}

/// Sends one request on a connection of its own and takes the answer apart.
func exchange(_ port: Int, _ request: String) throws -> Answer {
  let client = try LoopbackSocket(port: port)
  client.send(request)
  return Answer(client.readToEnd() ?? [])
}
