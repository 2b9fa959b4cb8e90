import Foundation
import Pprof
import TestSupport
import Testing

@testable import lab

/// The same reports by the `pprof` that came with the installed Go, which may be older than the one we follow: only
/// what has not changed for years is compared.
@Suite(.enabled(if: Tool("go") != nil, "Go is not installed"))
struct PprofLiveTests {
  @Test(arguments: [
    "-top", "-text -cum -lines", "-top -files -unit=ms", "-top -sample_index=samples -addresses", "-tree -nodecount=4",
    "-tree -focus=walk -noinlines", "-top -tagfocus=client=reader", "-top -tagroot=client", "-peek=decode|walk",
    "-top -hide=^main$ -nodefraction=0.1", "-tree -show_from=serve", "-top -ignore=swift_ -relative_percentages",
    "-comments",
  ])
  func sameAsInstalledPprof(_ flags: String) throws {
    let go = try #require(Tool("go"))
    let folder = try TemporaryFolder()
    try Profile.decoder.write(to: folder.file("decoder.pb.gz"))
    let arguments =
      flags.split(separator: " ").map(String.init) + [
        "-compact_labels", "-symbolize=none", "-output=\(folder.file("report"))", folder.file("decoder.pb.gz"),
      ]
    try go.run(["tool", "pprof"] + arguments)
    let expected = try String(contentsOfFile: folder.file("report"), encoding: .utf8)
    let request = try PprofRequest(arguments: arguments)
    let contents = try request.contents(of: try request.report(of: try request.profile { _ in }))
    #expect(String(decoding: contents, as: UTF8.self) == expected)
  }

  @Test("pprof reads what -proto and -topproto write", arguments: ["-proto", "-topproto"])
  func written(_ flag: String) throws {
    let go = try #require(Tool("go"))
    let folder = try TemporaryFolder()
    try Profile.decoder.write(to: folder.file("decoder.pb.gz"))
    let request = try PprofRequest(arguments: [flag, "-focus=walk", folder.file("decoder.pb.gz")])
    let bytes = try request.contents(of: try request.report(of: try request.profile { _ in }))
    try PprofOutput.write(bytes, to: folder.file("written.pb.gz"))
    let top = try go.run(["tool", "pprof", "-top", "-symbolize=none", folder.file("written.pb.gz")])
    #expect(top.contains("visit \"leaf\""))
    #expect(!top.contains("swift_allocObject"))
  }
}
