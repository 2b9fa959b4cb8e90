import Foundation
import TestSupport
import Testing

/// What keeps the package one that builds on other platforms.
@Suite struct ImportTests {
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private static func sources(below folder: String) -> [URL] {
    let files = FileManager.default.enumerator(at: root.appendingPathComponent(folder), includingPropertiesForKeys: nil)
    return (files?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "swift" }
  }

  @Test("One file alone names the platform's C library")
  func cLibrary() throws {
    let files = Self.sources(below: "Sources") + Self.sources(below: "Tests")
    try #require(files.count > 300)
    // At the margin, or within a condition: what is further in is text, such as a program that a test compiles.
    let pattern = /(?m)^(?:  )?(?:@\w+ )*(?:\w+ )?import (?:\w+ )?(?:Glibc|Musl|Darwin|Bionic)\b/
    let importing = try files.filter { try String(contentsOf: $0, encoding: .utf8).contains(pattern) }
    #expect(importing.map(\.lastPathComponent) == ["CLibrary.swift"])
  }
}
