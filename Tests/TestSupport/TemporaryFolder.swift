import Foundation

/// A folder that a test may fill; it is removed when the last reference to it goes.
public final class TemporaryFolder: Sendable {
  /// The folder's absolute path.
  public let path: String

  /// Makes an empty folder.
  public init() throws {
    let place = FileManager.default.temporaryDirectory.appendingPathComponent("lab-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    path = place.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The names of what lies in it, in order.
  public func contents() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).sorted()
  }

  /// The path of a file in the folder.
  public func file(_ name: String) -> String { path + "/" + name }
}
