import Foundation
import Platform

/// The profiler as a library to preload, which is built beside this command.
enum PreloadLibrary {
  static func path() throws -> String {
    let library = URL(fileURLWithPath: ThisProgram.path).deletingLastPathComponent().appendingPathComponent(
      "libLabProfiler.so")
    guard FileManager.default.isReadableFile(atPath: library.path) else {
      throw LabError.cannotMeasure(
        "\(library.path) is missing; build it with 'swift build -c release --product LabProfiler'")
    }
    // The dynamic linker splits its list at these.
    guard !library.path.contains(where: { $0 == ":" || $0 == " " }) else {
      throw LabError.cannotMeasure("\(library.path) cannot be preloaded, for there is a space or a colon in its path")
    }
    return library.path
  }
}
