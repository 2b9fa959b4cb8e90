/// How large a profile may be before decoding gives up on it.
///
/// Decoding allocates in proportion to what the limits allow, never to what the bytes merely claim.
public struct DecodingLimits: Sendable, Hashable {
  /// What a limit is set on.
  public enum Quantity: String, Sendable, CustomStringConvertible {
    /// Bytes after decompression.
    case bytes
    /// Entries of one table: samples, locations, functions, mappings, strings.
    case entries
    /// Frames in one sample.
    case frames

    /// The quantity's name.
    public var description: String { rawValue }
  }

  /// Most bytes of the uncompressed message.
  public var bytes: Int
  /// Most bytes that one compressed byte may become. Applies only to what goes beyond `trustedBytes`.
  public var inflationRatio: Int
  /// Bytes that may be decompressed from however few.
  public var trustedBytes: Int
  /// Most entries in any one table.
  public var entries: Int
  /// Most frames in one sample.
  public var frames: Int

  /// Limits of the given sizes: 1 GiB, 200 times the compressed size beyond 64 MiB, 16 Mi entries, 64 Ki frames.
  public init(
    bytes: Int = 1 << 30, inflationRatio: Int = 200, trustedBytes: Int = 64 << 20, entries: Int = 1 << 24,
    frames: Int = 1 << 16
  ) {
    self.bytes = bytes
    self.inflationRatio = inflationRatio
    self.trustedBytes = trustedBytes
    self.entries = entries
    self.frames = frames
  }

  /// Most bytes that a stream of `count` compressed bytes may become.
  func inflatedBytes(of count: Int) -> Int {
    let (product, overflow) = count.multipliedReportingOverflow(by: inflationRatio)
    return min(bytes, max(trustedBytes, overflow ? bytes : product))
  }
}
