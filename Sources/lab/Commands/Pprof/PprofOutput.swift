import Platform

/// Where a report or a notice goes.
enum PprofOutput {
  /// Writes a report to a file, or to standard output if there is no path.
  static func write(_ bytes: [UInt8], to path: String) throws(PprofOutputError) {
    guard !path.isEmpty else { return try write(bytes, to: STDOUT_FILENO, name: "standard output") }
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    if file < 0 { throw PprofOutputError(path: path, code: errno) }
    defer { close(file) }
    try write(bytes, to: file, name: path)
  }

  /// Writes a line to standard error; if that is closed there is nobody to tell.
  static func note(_ text: String) { try? write(Array((text + "\n").utf8), to: STDERR_FILENO, name: "") }

  private static func write(_ bytes: [UInt8], to file: Int32, name: String) throws(PprofOutputError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Platform.write(file, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      if count < 0 { throw PprofOutputError(path: name, code: errno) }
      rest = rest.dropFirst(count)
    }
  }
}

/// Why a report could not be written.
struct PprofOutputError: Error, CustomStringConvertible {
  var path: String
  var code: Int32
  var description: String { "cannot write \(path): \(String(cString: strerror(code)))" }
}
