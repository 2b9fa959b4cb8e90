import Foundation
import Platform
import TestSupport
import Testing

@Suite struct PlatformTests {
  @Test("The program's own path leads to a program, without links")
  func programPath() throws {
    let path = ThisProgram.path
    #expect(access(path, X_OK) == 0)
    #expect(path == URL(fileURLWithPath: path).resolvingSymlinksInPath().path)
  }

  @Test("A file's time of change is that of its last write")
  func modificationTime() throws {
    let folder = try TemporaryFolder()
    let file = folder.file("changed")
    let date = Date(timeIntervalSince1970: 1_700_000_000.25)
    try Data("x".utf8).write(to: URL(fileURLWithPath: file))
    try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: file)
    var status = stat()
    try #require(stat(file, &status) == 0)
    #expect(status.modificationTime.tv_sec == 1_700_000_000)
    #expect(status.modificationTime.tv_nsec / 1_000_000 == 250)
  }

  @Test("The most memory this process had is more than nothing and less than a terabyte")
  func peakMemory() { #expect((1 << 20..<1 << 40).contains(peakResidentBytes())) }
}
