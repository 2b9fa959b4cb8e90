import Foundation

/// Where the package's files lie on this machine.
enum Workspace {
  /// The package's root, known since the command is built from it.
  static let root: String = {
    let here = URL(fileURLWithPath: #filePath)
    return here.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
  }()

  static let content = path("Content")
  static let theme = path("Site")
  static let site = path("Site/public")
  static let publishedCaptures = path("Content/captures")
  /// Where captures made on this machine lie: `.lab` in the package, or the folder that `LAB_DIRECTORY` names.
  static let scratch = ProcessInfo.processInfo.environment["LAB_DIRECTORY"] ?? path(".lab")
  static let localCaptures = "\(scratch)/captures"

  static func path(_ relative: String) -> String { "\(root)/\(relative)" }

  /// The path as seen from where the command runs, if it lies below.
  static func fromHere(_ path: String) -> String {
    let here = FileManager.default.currentDirectoryPath + "/"
    return path.hasPrefix(here) ? String(path.dropFirst(here.count)) : path
  }

  /// The path as seen from the root, if it lies below.
  static func relative(_ path: String) -> String {
    path.hasPrefix(root + "/") ? String(path.dropFirst(root.count + 1)) : path
  }
}
