import Foundation
import Patterns
import Pprof
import TestSupport
import Testing

@testable import Analysis

struct SourceListingTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    let text = (1...30).map { "line \($0)" }.joined(separator: "\r\n")
    try text.write(toFile: folder.file("crc.swift"), atomically: true, encoding: .utf8)
  }

  @Test("shows the lines from the function's start to some after the last that costs")
  func lines() throws {
    let listing = try Report(.decoder, kind: .list).sourceListing(
      matching: try Pattern("checksum|tiny"), reader: SourceReader(searchPath: folder.path + "/deep/below"))
    #expect(listing.functions.map(\.name) == ["checksum", "tiny"])
    let file = try #require(listing.functions.first?.files.first)
    #expect(file.flat == 40_000_000)
    #expect(file.cum == 340_000_000)
    let lines = try file.lines.get()
    #expect(lines.map(\.number) == Array(6...14))
    #expect(lines.first?.text == "line 6")
    #expect(
      lines.filter { $0.cum != 0 }.map { [Int64($0.number), $0.flat, $0.cum] } == [
        [8, 0, 300_000_000], [9, 40_000_000, 40_000_000],
      ])
  }

  @Test("a file that is not found is an error of that file alone")
  func missingFile() throws {
    let listing = try Report(.decoder, kind: .list).sourceListing(
      matching: try Pattern("checksum|tiny"), reader: SourceReader(searchPath: folder.path))
    let file = try #require(listing.functions.last?.files.first)
    #expect(throws: SourceError.notFound(name: "tiny.swift", searchPath: folder.path)) { try file.lines.get() }
  }

  @Test("a file shorter than the profile thinks has the lines it has")
  func shortFile() throws {
    var builder = ProfileBuilder("cpu/nanoseconds")
    builder.add("f@crc.swift:33", 1)
    builder.add("g@crc.swift:900", 1)
    let listing = try Report(builder.profile, kind: .list).sourceListing(
      matching: try Pattern("."), reader: SourceReader(searchPath: folder.path))
    #expect(try listing.functions.map { try $0.files[0].lines.get().map(\.number) } == [[28, 29, 30], []])
  }

  @Test("an absolute name must exist, unless a prefix is taken off")
  func absoluteNames() throws {
    let reader = SourceReader(searchPath: folder.path)
    #expect(throws: SourceError.unreadable(path: "/build/x/crc.swift", code: 2)) {
      try reader.lines(of: "/build/x/crc.swift")
    }
    let trimming = SourceReader(searchPath: folder.path, trimPath: "/nothing:/build/x")
    #expect(try trimming.lines(of: "/build/x/crc.swift").count == 30)
    #expect(try SourceReader(searchPath: "/x:" + folder.path).lines(of: folder.file("crc.swift")).count == 30)
  }

  @Test("within given directories no name and no link leads outside of them")
  func staysWithin() throws {
    let outside = try TemporaryFolder()
    try Data("secret\n".utf8).write(to: URL(fileURLWithPath: outside.file("secret.swift")))
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("link.swift"), withDestinationPath: outside.file("secret.swift"))
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("inner.swift"), withDestinationPath: folder.file("crc.swift"))
    let reader = SourceReader(searchPath: folder.path + "/deep:" + folder.path, staysWithin: true)
    #expect(try reader.lines(of: "crc.swift").count == 30)
    #expect(try reader.lines(of: folder.file("crc.swift")).count == 30)
    #expect(try reader.lines(of: "inner.swift").count == 30)
    let up = String(repeating: "../", count: 30)
    for name in [
      outside.file("secret.swift"), "link.swift", up + outside.file("secret.swift").dropFirst(),
      folder.path + "/../" + URL(fileURLWithPath: outside.path).lastPathComponent + "/secret.swift", "/etc/passwd",
      folder.path + "x/secret.swift",
    ] {
      #expect(throws: SourceError.self, "\(name)") { try reader.lines(of: name) }
    }
    // The parents of the directories are outside, too.
    #expect(throws: SourceError.self) {
      try SourceReader(searchPath: folder.path + "/deep", staysWithin: true).lines(of: "crc.swift")
    }
    #expect(try SourceReader(searchPath: folder.path).lines(of: "link.swift") == ["secret"])
  }

  @Test(
    "names lose given prefixes, or all up to the name of the folder searched",
    arguments: [
      ("/build/lab/Sources/a.swift", "", "/home/me/lab", "Sources/a.swift"),
      ("/build/lab/Sources/a.swift", "/build", "/home/me/lab", "lab/Sources/a.swift"),
      ("/build/lab/a.swift", "/buil", "", "/build/lab/a.swift"),
      ("/proc/self/cwd/./a.cc", "", "", "a.cc"),
      ("/proc/self/cwd/a.cc", "/x", "", "a.cc"),
      ("a.swift", "", "", "a.swift"),
    ])
  func trimming(_ name: String, _ prefixes: String, _ searchPath: String, _ expected: String) {
    #expect(trimmedPath(name, prefixes: prefixes, searchPath: searchPath) == expected)
  }
}
