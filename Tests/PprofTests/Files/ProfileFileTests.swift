import Platform
import TestSupport
import Testing

@testable import Pprof

@Suite struct ProfileFileTests {
  private let directory: TemporaryFolder

  init() throws { directory = try TemporaryFolder() }

  @Test func writesAndReads() throws {
    let path = directory.path + "/a.pb.gz"
    try Profile.full.write(to: path)
    #expect(try Profile(contentsOf: path) == Profile.full)
    try Profile().write(to: path, compressed: false)
    #expect(try Profile(contentsOf: path) == Profile())
    #expect(try directory.contents() == ["a.pb.gz"])
  }

  @Test func missingFile() {
    let path = directory.path + "/none"
    let error = #expect(throws: ProfileError.self) { try Profile(contentsOf: path) }
    #expect(error == .file(.open, path: path, code: ENOENT))
    #expect(error.map { "\($0)" } == "cannot open \(path): No such file or directory")
  }

  @Test func directoryInstead() {
    #expect(throws: ProfileError.file(.read, path: directory.path, code: EISDIR)) {
      try Profile(contentsOf: directory.path)
    }
    #expect(throws: ProfileError.self) { try Profile.full.write(to: directory.path) }
  }

  @Test func missingDirectory() {
    let path = directory.path + "/none/a.pb.gz"
    #expect(throws: ProfileError.file(.open, path: path, code: ENOENT)) { try Profile.full.write(to: path) }
  }

  @Test func anInvalidProfileLeavesTheOldFile() throws {
    let path = directory.path + "/a.pb.gz"
    try Profile.full.write(to: path)
    var invalid = Profile.full
    invalid.samples[0].locations = [99]
    #expect(throws: ProfileError.unknownPosition(99, count: 7, at: Place(.sample, index: 0, field: 1))) {
      try invalid.write(to: path)
    }
    #expect(try Profile(contentsOf: path) == Profile.full)
    #expect(try directory.contents() == ["a.pb.gz"])
  }

  @Test func aFullDiskLeavesTheOldFile() throws {
    // A file size limit of the process would hit other tests too, so the device that is always full stands in.
    #expect(throws: ProfileError.file(.write, path: "/dev/full", code: ENOSPC)) {
      try Profile.full.write(to: "/dev/full")
    }
  }

  @Test func linksAreFollowedAndModesKept() throws {
    let target = directory.path + "/target"
    let link = directory.path + "/link"
    try Profile().write(to: target)
    #expect(chmod(target, 0o600) == 0)
    #expect(symlink("target", link) == 0)
    try Profile.full.write(to: link)
    #expect(try directory.contents() == ["link", "target"])
    #expect(try Profile(contentsOf: target) == Profile.full)
    var status = stat()
    #expect(lstat(link, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
    #expect(stat(target, &status) == 0 && status.st_mode & 0o777 == 0o600)
  }

  @Test func tooLargeAFile() throws {
    let path = directory.path + "/a.pb"
    try Profile.full.write(to: path, compressed: false)
    #expect(throws: ProfileError.overLimit(.bytes, limit: 100, at: nil)) {
      try Profile(contentsOf: path, limits: DecodingLimits(bytes: 100))
    }
  }
}
