import Foundation
import Pprof
import TestSupport
import Testing

@testable import lab

struct PprofInputsTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try Profile.decoder.write(to: folder.file("a.pb.gz"))
    try Data("no profile".utf8).write(to: URL(fileURLWithPath: folder.file("bad.pb.gz")))
  }

  @Test("a file that cannot be read is named, and left out if there is another")
  func badFiles() throws {
    var notices: [String] = []
    let request = try PprofRequest(arguments: [folder.file("bad.pb.gz"), folder.file("a.pb.gz")])
    let profile = try request.profile { notices.append($0) }
    #expect(profile.samples.count == Profile.decoder.samples.count)
    #expect(notices.count == 2)
    #expect(notices.first?.hasPrefix(folder.file("bad.pb.gz") + ": ") == true)
    #expect(notices.last == "Fetched 1 source profiles out of 2")

    let bad = try PprofRequest(arguments: [folder.file("missing.pb.gz")])
    let error = try #require(throws: PprofInputError.self) { try bad.profile { _ in } }
    #expect(error.message == "cannot open \(folder.file("missing.pb.gz")): No such file or directory")

    let address = try PprofRequest(arguments: ["ftp://localhost/heap"])
    let refusal = try #require(throws: PprofInputError.self) { try address.profile { _ in } }
    #expect(refusal.message == "ftp://localhost/heap: only files, http and https are read")
  }

  @Test("a profile without mappings gets one, named by the program given before it")
  func mainBinary() throws {
    var profile = Profile.decoder
    profile.mappings = []
    for location in profile.locations.indices { profile.locations[location].mapping = nil }
    try profile.write(to: folder.file("bare.pb.gz"))
    let request = try PprofRequest(arguments: ["-buildid=beef", "/proc/self/exe", folder.file("bare.pb.gz")])
    let read = try request.profile { _ in }
    #expect(read.mappings == [Mapping(id: 1, file: "/proc/self/exe", buildID: "beef")])
    #expect(read.locations.allSatisfy { $0.mapping == 0 })
  }

  @Test("frames the profile wants to drop are dropped, unless all are asked for")
  func dropFrames() throws {
    var profile = Profile.decoder
    profile.dropFrames = "swift_.*"
    try profile.write(to: folder.file("drop.pb.gz"))
    func namesAllocator(_ flags: [String]) throws -> Bool {
      let request = try PprofRequest(arguments: flags + [folder.file("drop.pb.gz")])
      let contents = try request.contents(of: try request.report(of: try request.profile { _ in }))
      return String(decoding: contents, as: UTF8.self).contains("swift_allocObject")
    }
    #expect(try !namesAllocator(["-traces"]))
    #expect(try namesAllocator(["-traces", "-all_frames"]))
  }
}
