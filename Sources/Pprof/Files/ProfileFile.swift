extension Profile {
  /// Reads the profile in a file, compressed or not.
  ///
  /// - Throws: `ProfileError.file` if the system refuses, else what `init(decoding:limits:)` finds.
  public init(contentsOf path: String, limits: DecodingLimits = DecodingLimits()) throws(ProfileError) {
    let contents = try readFile(path, limit: limits.bytes)
    self = try contents.withBytes { bytes throws(ProfileError) in try Profile(decoding: bytes, limits: limits) }
  }

  /// Writes the profile to a file, whole or not at all.
  ///
  /// The bytes go to a temporary file in the same directory, are made safe on disk and then take the place
  /// of the old file. If anything fails, the old file is as it was and no temporary file remains.
  ///
  /// - Throws: `ProfileError.file` if the system refuses, else what `checkValid()` finds.
  public func write(to path: String, compressed: Bool = true) throws(ProfileError) {
    try writeFile(path, try encoded(compressed: compressed))
  }
}
