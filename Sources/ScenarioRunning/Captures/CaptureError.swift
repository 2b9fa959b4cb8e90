/// Why a capture cannot be read or filed.
public enum CaptureError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What was recorded cannot be read.
  case unreadable(file: String, reason: String)
  /// The file beside it is no provenance.
  case notAProvenance(file: String, reason: String)
  /// It is not the capture that its provenance describes.
  case mismatch(file: String)
  /// It cannot be moved into its place.
  case unwritable(file: String, reason: String)

  /// The file and what is wrong with it.
  public var description: String {
    switch self {
    case .unreadable(let file, let reason): "\(file): cannot be read: \(reason)"
    case .notAProvenance(let file, let reason): "\(file): not a provenance: \(reason)"
    case .mismatch(let file): "\(file): not the capture that its provenance describes"
    case .unwritable(let file, let reason): "\(file): cannot be written: \(reason)"
    }
  }
}
