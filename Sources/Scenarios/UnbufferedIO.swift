import Platform
import ScenarioRunning

/// An export of many short lines to a file.
///
/// The fault: every line is a system call of its own.
enum UnbufferedIO {
  static let scenario = Scenario(
    id: "unbuffered-io",
    title: "An export that asks the kernel once a line",
    question: "Formatting numbers is slow, writing them is quick. Is it?",
    parameters: [
      Parameter("rows", "rows a round", standard: 40_000, range: 100...1_000_000),
      Parameter("seed", "seed of the generated rows", standard: 11, range: 0...1_000_000),
    ],
    profiles: [.cpu], program: program)

  private static func program(_ variant: Scenario.Variant, _ arguments: Arguments) throws -> Program {
    let rows = arguments["rows"]
    let seed = UInt64(arguments["seed"])
    return Program {
      let file = try TemporaryFile()
      let calls =
        switch variant {
        case .faulty: try Measurements(rows: rows, seed: seed).exportLineByLine(to: file)
        case .fixed: try Measurements(rows: rows, seed: seed).exportBuffered(to: file)
        }
      return Outcome(
        output: try file.digest(),
        truth: [
          Truth("rows", Double(rows), basis: "the parameter"),
          Truth("writes", Double(calls), basis: "counted at each call of write"),
        ])
    }
  }
}

/// Sensor readings, formatted as comma-separated lines.
private struct Measurements: Sequence, IteratorProtocol {
  private var remaining: Int
  private var random: SplitMix64

  init(rows: Int, seed: UInt64) {
    remaining = rows
    random = SplitMix64(seed: seed)
  }

  mutating func next() -> String? {
    guard remaining > 0 else { return nil }
    remaining -= 1
    return "\(remaining),sensor-\(random.next() % 100),\(random.next() % 10_000)\n"
  }

  // lesson: begin unbuffered
  @inline(never)
  func exportLineByLine(to file: TemporaryFile) throws -> Int {
    var calls = 0
    for line in self {
      try file.write(Array(line.utf8))
      calls += 1
    }
    return calls
  }
  // lesson: end unbuffered

  // lesson: begin buffered
  @inline(never)
  func exportBuffered(to file: TemporaryFile) throws -> Int {
    var calls = 0
    var buffer: [UInt8] = []
    buffer.reserveCapacity(64 << 10)
    for line in self {
      buffer.append(contentsOf: line.utf8)
      if buffer.count >= 60 << 10 {
        try file.write(buffer)
        calls += 1
        buffer.removeAll(keepingCapacity: true)
      }
    }
    if !buffer.isEmpty {
      try file.write(buffer)
      calls += 1
    }
    return calls
  }
  // lesson: end buffered
}

/// A file that vanishes with its owner.
private final class TemporaryFile {
  private let descriptor: Int32

  init() throws {
    var template = Array("/tmp/lab-export-XXXXXX".utf8CString)
    descriptor = mkstemp(&template)
    guard descriptor >= 0 else { throw ScenarioError.wrongResult("cannot make a temporary file (errno \(errno))") }
    unlink(template)
  }

  deinit { close(descriptor) }

  func write(_ bytes: [UInt8]) throws {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        Platform.write(descriptor, $0.baseAddress?.advanced(by: written), $0.count - written)
      }
      guard count >= 0 else {
        if errno == EINTR { continue }
        throw ScenarioError.wrongResult("cannot write (errno \(errno))")
      }
      written += count
    }
  }

  /// A digest of the whole file, read back in large pieces.
  func digest() throws -> String {
    var digest = Digest()
    var buffer = [UInt8](repeating: 0, count: 256 << 10)
    guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw ScenarioError.wrongResult("cannot seek") }
    while true {
      let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
      guard count >= 0 else { throw ScenarioError.wrongResult("cannot read back (errno \(errno))") }
      if count == 0 { return digest.text }
      digest.add(buffer[..<count])
    }
  }
}
