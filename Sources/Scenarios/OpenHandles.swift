import Platform
import Profiling
import ScenarioRunning

/// Uploads that are spooled to files and read back, every third of them damaged.
///
/// The fault: the file is closed on the straight path, which an error leaves.
enum OpenHandles {
  static let scenario = Scenario(
    id: "open-handles",
    title: "A file left open by every bad upload",
    question: "After a day of uploads the process can open no more files. Which profile shows who holds them?",
    parameters: [
      Parameter("uploads", "uploads a round, of which every third is damaged", standard: 900, range: 3...2_400),
      Parameter("seed", "seed of the generated uploads", standard: 3, range: 0...1_000_000),
    ],
    profiles: [.custom, .leaks, .heap], program: program)

  private static func program(_ variant: Scenario.Variant, _ arguments: Arguments) throws -> Program {
    let uploads = arguments["uploads"]
    let folder = try SpoolFolder(seed: UInt64(arguments["seed"]))
    return Program {
      // What a restart does, so that rounds do not add up.
      try SpoolReader.closeAll()
      let before = openFiles()
      var digest = Digest()
      var rejected = 0
      for upload in 0..<uploads {
        do {
          let path = folder.path(of: upload)
          digest.add(variant == .faulty ? try importUpload(path) : try importOwnedUpload(path))
        } catch is MalformedUpload { rejected += 1 }
      }
      digest.add(rejected)
      return Outcome(
        output: digest.text,
        truth: [
          Truth("uploads", Double(uploads), basis: "the parameter"),
          Truth("rejected", Double(rejected), basis: "uploads that are damaged, counted while importing"),
          Truth("left-open", Double(openFiles() - before), basis: "open files after the round, less those before it"),
        ])
    }
  }

  /// As the kernel has it.
  private static func openFiles() -> Int { (0..<Int32(8_192)).count { fcntl($0, F_GETFD) != -1 } }
}

// lesson: begin profile
/// The spools that are open, each with the stack that opened it.
private let openSpools = Result { try CustomProfile("open-spools") }
// lesson: end profile

private struct MalformedUpload: Error {}

// lesson: begin reader
/// An upload that was spooled to a file.
private struct SpoolReader {
  let descriptor: Int32

  init(path: String) throws {
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw ScenarioError.wrongResult("cannot open \(path) (errno \(errno))") }
    try openSpools.get().add(descriptor)
  }

  func close() {
    // Before the file is closed, for then another may get its number.
    _ = try? openSpools.get().remove(descriptor)
    _ = Platform.close(descriptor)
  }
  // lesson: end reader

  func bytes() throws -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
    guard count >= 0 else { throw ScenarioError.wrongResult("cannot read back (errno \(errno))") }
    return Array(buffer.prefix(count))
  }

  /// Closes what nobody closed.
  static func closeAll() throws {
    let profile = try openSpools.get()
    for descriptor in 0..<Int32(8_192) where profile.remove(descriptor) { _ = Platform.close(descriptor) }
  }
}

/// The sum of an upload's bytes; one that does not begin with its mark is damaged.
@inline(never)
private func parse(_ bytes: [UInt8]) throws -> Int {
  guard bytes.first == UInt8(ascii: "+") else { throw MalformedUpload() }
  return bytes.reduce(0) { $0 &+ Int($1) }
}

// lesson: begin close-at-end
@inline(never)
private func importUpload(_ path: String) throws -> Int {
  let reader = try SpoolReader(path: path)
  let sum = try parse(reader.bytes())
  reader.close()
  return sum
}
// lesson: end close-at-end

// lesson: begin owned
/// It cannot be copied and so has one owner; with it the file is closed.
private struct OwnedSpool: ~Copyable {
  private let reader: SpoolReader
  init(path: String) throws { reader = try SpoolReader(path: path) }
  deinit { reader.close() }
  borrowing func bytes() throws -> [UInt8] { try reader.bytes() }
}

@inline(never)
private func importOwnedUpload(_ path: String) throws -> Int {
  let spool = try OwnedSpool(path: path)
  return try parse(spool.bytes())
}
// lesson: end owned

/// A folder with three uploads, the first damaged; it vanishes with its owner.
private final class SpoolFolder: Sendable {
  private let folder: String

  init(seed: UInt64) throws {
    var template = Array("/tmp/lab-spool-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw ScenarioError.wrongResult("cannot make a temporary folder (errno \(errno))")
    }
    folder = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    var random = SplitMix64(seed: seed)
    for upload in 0..<3 {
      let mark = UInt8(ascii: upload == 0 ? "!" : "+")
      let bytes = [mark] + (0..<2_000).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      let descriptor = open(path(of: upload), O_WRONLY | O_CREAT | O_TRUNC, 0o600)
      let written = bytes.withUnsafeBytes { Platform.write(descriptor, $0.baseAddress, $0.count) }
      close(descriptor)
      guard written == bytes.count else { throw ScenarioError.wrongResult("cannot write (errno \(errno))") }
    }
  }

  deinit {
    for upload in 0..<3 { unlink(path(of: upload)) }
    rmdir(folder)
  }

  func path(of upload: Int) -> String { "\(folder)/\(upload % 3)" }
}
