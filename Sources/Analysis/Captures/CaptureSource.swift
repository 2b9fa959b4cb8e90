/// Where captures are found by their names.
public protocol CaptureSource: Sendable {
  /// The capture of the name, one made on this machine before a published one.
  func named(_ name: CaptureName) throws -> Capture
  /// The published capture of the name and the one made on this machine, as far as they are there.
  func both(_ name: CaptureName) throws -> (published: Capture?, local: Capture?)
}
