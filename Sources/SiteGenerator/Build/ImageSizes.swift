import Foundation

/// The sizes of the content's images, read from their first bytes when first asked for.
struct ImageSizes: Sendable {
  struct Size: Equatable, Sendable {
    var width: Int
    var height: Int
  }

  /// The directory the paths are in.
  let root: String

  /// An image's size in pixels; nil if the file is none of PNG, GIF, WebP, JPEG, SVG, or does not say.
  func size(of path: String) -> Size? {
    guard let file = FileHandle(forReadingAtPath: root + "/" + path) else { return nil }
    defer { try? file.close() }
    guard let data = try? file.read(upToCount: 65_536) else { return nil }
    return Self.size(in: [UInt8](data))
  }

  static func size(in bytes: [UInt8]) -> Size? {
    func big(_ at: Int) -> Int { at + 1 < bytes.count ? Int(bytes[at]) << 8 | Int(bytes[at + 1]) : 0 }
    func little(_ at: Int) -> Int { at + 1 < bytes.count ? Int(bytes[at + 1]) << 8 | Int(bytes[at]) : 0 }
    if bytes.starts(with: [0x89, 0x50, 0x4e, 0x47]), bytes.count >= 24 {
      return Size(width: big(16) << 16 | big(18), height: big(20) << 16 | big(22))
    }
    if bytes.starts(with: "GIF8".utf8), bytes.count >= 10 { return Size(width: little(6), height: little(8)) }
    if bytes.starts(with: "RIFF".utf8), bytes.count >= 30 { return webP(bytes, little) }
    if bytes.starts(with: [0xff, 0xd8]) { return jpeg(bytes, big) }
    return svg(bytes)
  }

  private static func webP(_ bytes: [UInt8], _ little: (Int) -> Int) -> Size? {
    switch Array(bytes[12..<16]) {
    case Array("VP8X".utf8):
      return Size(width: (little(24) | Int(bytes[26]) << 16) + 1, height: (little(27) | Int(bytes[29]) << 16) + 1)
    case Array("VP8L".utf8):
      let bits = little(21) | little(23) << 16
      return Size(width: bits & 0x3fff + 1, height: bits >> 14 & 0x3fff + 1)
    case Array("VP8 ".utf8): return Size(width: little(26) & 0x3fff, height: little(28) & 0x3fff)
    default: return nil
    }
  }

  /// Walks the segments to the frame header.
  private static func jpeg(_ bytes: [UInt8], _ big: (Int) -> Int) -> Size? {
    var at = 2
    while at + 9 < bytes.count, bytes[at] == 0xff {
      let marker = bytes[at + 1]
      if marker >= 0xc0, marker <= 0xcf, ![0xc4, 0xc8, 0xcc].contains(marker) {
        return Size(width: big(at + 7), height: big(at + 5))
      }
      at += 2 + max(2, big(at + 2))
    }
    return nil
  }

  /// The `width` and `height` of the root element, or its view box.
  private static func svg(_ bytes: [UInt8]) -> Size? {
    bytes.withUnsafeBufferPointer { bytes in
      guard let root = RawHTML.tags(in: Bytes(rebasing: bytes.prefix(4096))).first(where: { $0.name == "svg" }) else {
        return nil
      }
      func pixels(_ text: String?) -> Int? {
        guard let text, let number = Double(text.hasSuffix("px") ? String(text.dropLast(2)) : text) else { return nil }
        return number > 0 && number < 100_000 ? Int(number.rounded()) : nil
      }
      if let width = pixels(root["width"]), let height = pixels(root["height"]) {
        return Size(width: width, height: height)
      }
      let box = (root["viewBox"] ?? "").split { $0 == " " || $0 == "," }.map(String.init)
      guard box.count == 4, let width = pixels(box[2]), let height = pixels(box[3]) else { return nil }
      return Size(width: width, height: height)
    }
  }
}
