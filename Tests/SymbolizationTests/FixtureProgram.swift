import Foundation
import TestSupport
import Testing

@testable import Symbolization

/// The program of `Fixtures/Places.swift`, built in some way and run once.
struct FixtureProgram {
  /// How the program is built.
  enum Build: String, CaseIterable, CustomTestStringConvertible {
    case debug, release, staticRelease

    var testDescription: String { rawValue }

    var flags: [String] {
      switch self {
      case .debug: ["-Onone"]
      case .release: ["-O"]
      case .staticRelease: ["-O", "-static-stdlib"]
      }
    }
  }

  static let swiftc = Tool("swiftc")
  static let clang = Tool("clang")
  static let strip = Tool("strip")
  /// Whether the tools to build it are there.
  static let isPossible = swiftc != nil && clang != nil && strip != nil

  let path: String
  /// The address that the program printed for each label.
  let addresses: [String: UInt64]
  private let folder: TemporaryFolder

  init(_ build: Build) throws {
    guard let swiftc = Self.swiftc, let clang = Self.clang else { throw Tool.Failure(description: "no compiler") }
    let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Fixtures/"
    folder = try TemporaryFolder()
    path = folder.file("places")
    try clang.run([
      "-c", "-gdwarf-5", "-O1", "-ffunction-sections", sources + "fixture_here.c", "-o", folder.file("here.o"),
    ])
    try swiftc.run(
      [
        "-parse-as-library", "-g", "-module-name", "Places", sources + "Places.swift", folder.file("here.o"), "-o",
        path,
      ]
        + build.flags)
    let lines = try Tool(path: path).run([]).split(separator: "\n")
    addresses = lines.reduce(into: [:]) { addresses, line in
      guard let space = line.lastIndex(of: " "), let address = UInt64(line[space...].dropFirst()) else { return }
      addresses[String(line[..<space])] = address
    }
  }

  /// A copy of the program without symbols and debug information.
  func stripped() throws -> String {
    guard let strip = Self.strip else { throw Tool.Failure(description: "no strip") }
    try strip.run(["--strip-all", "-o", path + ".stripped", path])
    return path + ".stripped"
  }

  /// What the symbolizer says of addresses of a file that is not loaded.
  static func symbolize(_ addresses: [UInt64], in path: String) -> [[SymbolizedFrame]] {
    var symbolizer = Symbolizer(images: [.unloaded(path)])
    return symbolizer.symbolize(addresses)
  }
}

extension LoadedImage {
  /// A file as if it were loaded at 0.
  static func unloaded(_ path: String) -> LoadedImage {
    LoadedImage(path: path, buildID: "", base: 0, start: 0, end: .max)
  }
}
