/// A picture that Graphviz drew, so that it fills a browser's window and can be panned and zoomed there.
///
/// It stays one file and a picture for every other program. pprof's pictures have a script for that as well.
public struct PannedDrawing: Sendable {
  /// The picture; as it was if that is none of Graphviz'.
  public let svg: [UInt8]

  /// - Parameter svg: what `dot -Tsvg` writes.
  public init(svg: [UInt8]) {
    self.svg = Self.panned(String(decoding: svg, as: UTF8.self)).map { Array($0.utf8) } ?? svg
  }

  /// What the picture may run, for the header of an answer that it is.
  public static var policy: String {
    let script = Array("\n".utf8) + PackageResources.panning_js
    return "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-\(SHA256.digest(of: script).base64)'"
  }

  private static func panned(_ text: String) -> String? {
    guard let start = text.firstRange(of: "<svg "), let tagEnd = text[start.upperBound...].firstIndex(of: ">"),
      let end = text.lastIndex(of: "</svg>"), tagEnd < end
    else { return nil }
    // Without its size in points the picture fills the window; what it shows is said by its `viewBox`.
    let size = /(?:width|height)="[0-9.]+pt"\s*/
    let tag = text[start.lowerBound..<tagEnd].replacing(size, with: "")
    guard tag.contains("viewBox=") else { return nil }
    // Written for XML as it is: the script is ours and has no end of a section in it.
    let script = String(decoding: PackageResources.panning_js, as: UTF8.self)
    let (before, picture, after) = (text[..<start.lowerBound], text[tagEnd..<end], text[end...])
    return "\(before)\(tag) width=\"100%\" height=\"100%\"\(picture)<script><![CDATA[\n\(script)]]></script>\n\(after)"
  }
}

extension String {
  /// Where a tag stands last, looked for from the end.
  fileprivate func lastIndex(of tag: String) -> Index? {
    var rest = self[...]
    while let place = rest.lastIndex(of: "<") {
      if self[place...].hasPrefix(tag) { return place }
      rest = rest[..<place]
    }
    return nil
  }
}
