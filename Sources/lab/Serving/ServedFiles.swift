import Figures
import Foundation
import LocalServer
import Platform

/// The files of a site, by the paths that browsers ask for. Nothing outside of its folder is read.
struct ServedFiles: Sendable {
  let folder: String
  /// What the head of every page is given.
  let addition: String
  /// What pages may load and run.
  let policy: String

  /// The answer to a path, decoded; nil if there is no such file.
  func response(to path: String) -> Response? {
    var parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
    if parts.last == "" { parts[parts.count - 1] = "index.html" }
    // Neither up nor hidden nor empty, and no byte that would end a path.
    guard !parts.isEmpty, parts.allSatisfy({ !$0.isEmpty && !$0.hasPrefix(".") && !$0.utf8.contains(0) }) else {
      return nil
    }
    let file = folder + "/" + parts.joined(separator: "/")
    // Nor by way of a link.
    guard let real = realpath(file, nil), let root = realpath(folder, nil) else { return nil }
    defer {
      free(real)
      free(root)
    }
    let resolved = String(cString: real)
    guard resolved.hasPrefix(String(cString: root) + "/") else { return nil }
    var status = stat()
    guard stat(resolved, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      let bytes = FileManager.default.contents(atPath: resolved)
    else { return nil }
    let ending = resolved.split(separator: ".").last.map { $0.lowercased() } ?? ""
    // What goes with a figure says itself what it may run, and may be framed by the figure's page.
    if ending == "html", parts.first == "walks" { return Self.walk(bytes) }
    if ending == "html" { return page(bytes) }
    let type = Self.types[ending] ?? "application/octet-stream"
    var headers = [Response.Header("Content-Type", type)]
    // A picture may hold a script; as a page of its own it may do nothing.
    if ending == "svg" {
      headers.append(.init("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'"))
    }
    return Response(headers: headers, body: .bytes([UInt8](bytes)))
  }

  private func page(_ bytes: Data) -> Response {
    var text = String(decoding: bytes, as: UTF8.self)
    if let head = text.firstRange(of: "</head>") { text.insert(contentsOf: addition, at: head.lowerBound) }
    return .html(text, policy: policy)
  }

  private static func walk(_ bytes: Data) -> Response {
    Response(
      headers: [
        .init("Content-Type", "text/html; charset=utf-8"), .init("X-Frame-Options", "SAMEORIGIN"),
        .init("Content-Security-Policy", "frame-ancestors 'self'; " + FigurePage.walkPolicy),
      ], body: .bytes([UInt8](bytes)))
  }

  private static let types = [
    "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml",
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp",
    "xml": "application/xml; charset=utf-8", "txt": "text/plain; charset=utf-8", "json": "application/json",
    "woff2": "font/woff2", "ico": "image/x-icon",
  ]
}
