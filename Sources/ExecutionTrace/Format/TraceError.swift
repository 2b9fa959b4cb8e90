import Platform

/// Why a trace could not be read or written.
public enum TraceError: Error, Hashable, Sendable {
  /// The system refused; `code` is its `errno`.
  case file(path: String, code: Int32)
  /// The bytes do not begin as a trace does.
  case notATrace
  /// The file ends within its header.
  case truncatedHeader
  /// The format has a newer version than this one.
  case newerVersion(UInt32)
  /// A figure in the header makes no sense.
  case badHeader(field: String)
  /// There is more of it than is read.
  case tooLarge(limit: Int)
  /// Triggers were given, and no window or no path with `%n` that they could write to.
  case noWindow
  /// It is compressed, and cannot be decompressed, for the reason told.
  case compression(String)
  /// It was not read from a file or recorded, so there are no bytes of it.
  case hasNoBytes
}

extension TraceError: CustomStringConvertible {
  /// What is wrong, as a sentence without its full stop.
  public var description: String {
    switch self {
    case .file(let path, let code): "\(path): \(String(cString: strerror(code)))"
    case .notATrace: "this is no trace: it does not begin with `LabTrace`"
    case .truncatedHeader: "the file ends within its header"
    case .newerVersion(let version):
      "the trace has version \(version) of the format, and this program reads 1: it was recorded by a newer one"
    case .badHeader(let field): "the trace's header is damaged: its \(field) makes no sense"
    case .tooLarge(let limit): "the trace is larger than \(limit) bytes"
    case .noWindow: "triggers write a window, to a path that has %n in it: keep a window, and name such a path"
    case .compression(let reason): reason
    case .hasNoBytes: "a trace that was made of single events has no file"
    }
  }
}
