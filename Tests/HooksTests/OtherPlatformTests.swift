import Foundation
import TestSupport
import Testing

/// The C half where it is not at home: on another architecture, and where it compiles to nothing and calls of it answer that
/// it is not there.
@Suite struct OtherPlatformTests {
  /// A compiler's view of another platform, by the headers of a Debian package.
  struct Platform: CustomTestStringConvertible, Sendable {
    var name: String
    var flags: [String]
    var headers: String
    var package: String
    var testDescription: String { name }
    var isHere: Bool { FileManager.default.fileExists(atPath: "\(headers)/stdio.h") }
  }

  static let platforms = [
    Platform(
      name: "aarch64", flags: ["--target=aarch64-linux-gnu", "-isystem", "/usr/aarch64-linux-gnu/include"],
      headers: "/usr/aarch64-linux-gnu/include", package: "libc6-dev-arm64-cross"),
    Platform(
      name: "musl",
      flags: ["--target=x86_64-linux-musl", "-nostdlibinc", "-isystem", "/usr/include/x86_64-linux-musl"],
      headers: "/usr/include/x86_64-linux-musl", package: "musl-dev"),
    Platform(name: "LAB_NO_ENGINE", flags: ["-DLAB_NO_ENGINE"], headers: "/usr/include", package: "libc6-dev"),
  ]

  @Test(.enabled(if: Tool("clang") != nil), arguments: platforms)
  func compiles(on platform: Platform) throws {
    guard platform.isHere || Oracles.areRequired else { return }
    try #require(platform.isHere, "\(platform.package) is required (LAB_REQUIRE_ORACLES) and not installed")
    let sources = RoomsTests.root.deletingLastPathComponent()
    let folders = ["CLoadedImages", "CProfiler", "CProfilerHooks", "PreloadedProfiler"]
    let files = folders.flatMap { folder in
      (FileManager.default.enumerator(atPath: sources.appendingPathComponent(folder).path)?.allObjects ?? [])
        .compactMap { $0 as? String }.filter { $0.hasSuffix(".c") }.map { "\(folder)/\($0)" }
    }
    #expect(files.count > 40)
    try #require(Tool("clang")).run(
      ["-fsyntax-only", "-Wall", "-Werror", "-Wno-empty-translation-unit", "-D_GNU_SOURCE="] + platform.flags
        + ["-ICLoadedImages/include", "-ICProfiler/include", "-ICProfilerHooks"] + files, in: sources.path)
  }
}
