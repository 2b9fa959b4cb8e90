import Foundation

/// Compares text with what was recorded beside the test, in `Goldens/NAME`.
///
/// With `RECORD_GOLDENS=1` in the environment the text is recorded instead, and the test fails all the same: a
/// recording is looked at before it counts.
public enum Golden {
  /// What differs, in words; nil if nothing does.
  public static func difference(_ text: String, _ name: String, file: String = #filePath) -> String? {
    let folder = URL(fileURLWithPath: file).deletingLastPathComponent().appendingPathComponent("Goldens")
    let place = folder.appendingPathComponent(name)
    if ProcessInfo.processInfo.environment["RECORD_GOLDENS"] == "1" {
      do {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: place)
        return "\(name) was recorded; look at it, then run without RECORD_GOLDENS"
      } catch {
        return "\(name) cannot be recorded: \(error)"
      }
    }
    guard let data = try? Data(contentsOf: place) else { return "\(name) was never recorded (RECORD_GOLDENS=1)" }
    let recorded = String(decoding: data, as: UTF8.self)
    if recorded == text { return nil }
    let expected = recorded.split(separator: "\n", omittingEmptySubsequences: false)
    let actual = text.split(separator: "\n", omittingEmptySubsequences: false)
    let line = zip(expected, actual).prefix { $0 == $1 }.count
    let was = line < expected.count ? String(expected[line]) : "(nothing)"
    let now = line < actual.count ? String(actual[line]) : "(nothing)"
    return "\(name), line \(line + 1):\nrecorded: \(was)\nis now:   \(now)"
  }
}
