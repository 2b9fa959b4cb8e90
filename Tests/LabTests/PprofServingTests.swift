import Foundation
import Platform
import Pprof
import TestSupport
import Testing

@testable import lab

/// `lab pprof --http` as a program.
struct PprofServingTests {
  @Test("serves until it is told to end, which is no failure", arguments: [SIGINT, SIGTERM])
  func serving(signal: Int32) throws {
    let folder = try TemporaryFolder()
    try Profile.decoder.write(to: folder.file("p.pb.gz"))
    let running = try LabCommand.start(["pprof", "--http", ":", "-no_browser", folder.file("p.pb.gz")])
    defer { kill(running.process.processIdentifier, SIGKILL) }
    var address: String?
    for _ in 0..<6_000 where address == nil && running.process.isRunning {
      usleep(20_000)
      let line = try running.text("output").split(separator: "\n").first { $0.contains("token=") }
      address = line.flatMap { $0.split(separator: " ").last.map(String.init) }
    }
    let printed = try #require(address)
    let download = printed.replacing("/?token", with: "/download?token")
    let url = try #require(ProfileURL(download, seconds: 0, timeout: 60))
    #expect(try Profile(decoding: try HTTPClient().body(of: url)).samples.count == Profile.decoder.samples.count)
    let stranger = try #require(
      ProfileURL(printed.components(separatedBy: "?")[0] + "download", seconds: 0, timeout: 60))
    #expect(throws: (any Error).self) { try HTTPClient().body(of: stranger) }
    kill(running.process.processIdentifier, signal)
    #expect(try running.finish().status == 0)
  }

  @Test(
    "what cannot be served is said in words, before anything is",
    arguments: [
      ("0.0.0.0:8080", "loopback"), ("example.com:80", "loopback"), ("8080", "HOST:PORT"), (":99999", "no port"),
    ])
  func refused(_ address: String, _ reason: String) throws {
    let folder = try TemporaryFolder()
    try Profile.decoder.write(to: folder.file("p.pb.gz"))
    let run = try LabCommand.run("pprof", "-http=\(address)", folder.file("p.pb.gz"))
    #expect(run.status == 1 && run.output.isEmpty && run.errors.contains(reason), "\(run.errors)")
  }

  @Test("a report and a server are two things")
  func reportAndServer() throws {
    let run = try LabCommand.run("pprof", "-top", "-http=:", "x")
    #expect(run.status == 2 && run.errors.contains("-http is not compatible with an output format"))
  }
}
