import Pprof
import Testing

/// Files that are no profiles.
@Suite struct ForeignFormatTests {
  private func message(_ bytes: [UInt8]) -> String? {
    do throws(ProfileError) {
      _ = try Profile(decoding: bytes)
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test(
    "Text is named by what it looks like",
    arguments: [
      ("<!DOCTYPE html>\n<html><body>502 Bad Gateway</body></html>", "HTML"), ("  <HTML><head>", "HTML"),
      ("<?xml version=\"1.0\"?>", "XML"), ("<svg xmlns=\"\">", "an SVG image"), ("{\"traceEvents\": []}", "JSON"),
      ("[1]\n", "JSON"), ("404 page not found\n", "text: \"404 page not found\""),
      ("main;foo;bar 10\nmain;foo 3\n", "folded stacks, as flamegraph.pl reads them"),
      ("lab 17 [001] 8.123456:     250000 cpu-clock:\n\t    7f0 main+0x1 (/bin/lab)\n\n", "the output of perf script"),
      ("heap profile: 1: 2 [3: 4] @ heap/1048576\n", "a heap profile as text, a legacy format"),
      ("goroutine profile: total 7\n1 @ 0x1\n", "a goroutine profile of Go as text (debug=1), a legacy format"),
      ("goroutine 1 [running]:\nmain.main()\n", "a goroutine dump of Go (debug=2), a legacy format"),
      ("--- contention:\ncycles/second = 1\n", "a contention profile as text, a legacy format"),
      ("--- threadz 1 ---\n", "a thread profile as text, a legacy format"),
      (String(repeating: "é", count: 5000), "text: \"\(String(repeating: "é", count: 60))\""),
    ])
  func texts(text: String, name: String) {
    #expect(message(Array(text.utf8)) == "not a pprof profile: this looks like \(name)")
  }

  @Test(
    "Binary files are named by their first bytes",
    arguments: [
      ([0x28, 0xb5, 0x2f, 0xfd, 0, 1, 2], "zstd-compressed data"),
      (Array("FLR\0\0\u{2}".utf8), "a Java Flight Recorder (JFR) file"),
      (Array("PERFILE2hhhh".utf8), "a perf.data file, which perf reads"),
      (Array("\u{7f}ELF\u{2}\u{1}".utf8), "an executable or a library"),
      (Array("go 1.22 trace\0\0\0".utf8), "a Go execution trace"),
      // Words of 8 and of 4 bytes.
      (
        [0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 16, 39, 0, 0, 0, 0, 0, 0]
          + Array(repeating: 0, count: 8),
        "a CPU profile of gperftools, a legacy format"
      ),
      (
        [0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 16, 39, 0, 0, 0, 0, 0, 0],
        "a CPU profile of gperftools, a legacy format"
      ),
      // resource_profiles { resource {} scope_profiles { scope {} } }
      ([0x0a, 0x08, 0x0a, 0x02, 0x0a, 0x00, 0x12, 0x02, 0x0a, 0x00], "OpenTelemetry profiles (OTLP)"),
    ] as [([UInt8], String)])
  func binaries(bytes: [UInt8], name: String) {
    #expect(message(bytes) == "not a pprof profile: this looks like \(name)")
  }

  @Test("An empty file, and a profile that is damaged, are called what they are")
  func others() throws {
    #expect(message([]) == "not a pprof profile: there is nothing in it")
    let profile = Profile(sampleTypes: [ValueType(type: "cpu", unit: "nanoseconds")])
    let bytes = try profile.encoded(compressed: false)
    #expect(message(bytes) == nil)
    for count in 1..<bytes.count {
      let text = message(Array(bytes.prefix(count)))
      #expect(text?.contains("looks like") != true, "\(text ?? "")")
    }
  }
}
