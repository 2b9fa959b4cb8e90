import ExecutionTrace
import Foundation
import Profiling

/// A trace in a file of the user's.
enum TraceFile {
  /// Reads it; what is missing of it the trace says itself. What a program that was killed left has its functions named
  /// here, by the files that it was loaded from.
  static func read(_ path: String) throws -> Trace {
    do throws(TraceError) {
      return try Trace(contentsOf: path).naming()
    } catch {
      if case .file = error { throw LabError.failed("\(error)") }
      throw LabError.failed("\(path): \(error)")
    }
  }

  /// Whether a file begins as a trace does, or has the name of one that is compressed. What cannot be read is left to
  /// whoever reads it.
  static func isTrace(_ path: String) -> Bool {
    if path.hasSuffix(Trace.suffix) { return true }
    guard let file = FileHandle(forReadingAtPath: path) else { return false }
    defer { try? file.close() }
    return (try? file.read(upToCount: 8)) == Data("LabTrace".utf8)
  }
}
