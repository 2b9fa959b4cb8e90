extension Profile {
  /// Reads a profile from the bytes of a file, compressed with gzip or not.
  ///
  /// Bytes that are not UTF-8 become private scalars, which `profileBytes` turns back. What is read is valid in the sense
  /// of `checkValid()`.
  ///
  /// - Throws: the first thing that is wrong, with its place; `ProfileError.notAProfile` for another format's file.
  /// - Complexity: linear in the uncompressed size.
  public init(decoding bytes: [UInt8], limits: DecodingLimits = DecodingLimits()) throws(ProfileError) {
    self = try bytes.withUnsafeBufferPointer { buffer throws(ProfileError) in
      try Profile(decoding: buffer, limits: limits)
    }
  }

  /// Reads a profile from bytes in memory, compressed with gzip or not.
  public init(
    decoding bytes: UnsafeBufferPointer<UInt8>, limits: DecodingLimits = DecodingLimits()
  ) throws(ProfileError) {
    if bytes.count >= 2, bytes[0] == 0x1f, bytes[1] == 0x8b {
      let inflated = try inflate(bytes, limits: limits)
      self = try inflated.withBytes { bytes throws(ProfileError) in try Profile(recognizing: bytes, limits: limits) }
    } else {
      guard bytes.count <= limits.bytes else { throw .overLimit(.bytes, limit: limits.bytes, at: nil) }
      try self.init(recognizing: bytes, limits: limits)
    }
  }

  /// Reads a message; what is none is named, if it can be.
  private init(recognizing bytes: UnsafeBufferPointer<UInt8>, limits: DecodingLimits) throws(ProfileError) {
    guard !bytes.isEmpty else { throw .empty }
    do throws(ProfileError) {
      try self.init(message: bytes, limits: limits)
    } catch {
      if let name = ForeignFormat.name(of: bytes) { throw .notAProfile(looksLike: name) }
      throw error
    }
  }

  private init(message bytes: UnsafeBufferPointer<UInt8>, limits: DecodingLimits) throws(ProfileError) {
    guard let base = bytes.baseAddress, !bytes.isEmpty else { throw .empty }
    let reader = WireReader(bytes, base: base)
    let outline = try MessageOutline(of: reader, limits: limits)
    let strings = try StringTable(outline.strings, base: base)
    var decoder = MessageDecoder(reader: reader, strings: strings, limits: limits)

    self.init()
    (mappings, decoder.mappingPositions) = try decoder.mappings(outline.mappings)
    (functions, decoder.functionPositions) = try decoder.functions(outline.functions)
    (locations, decoder.locationPositions) = try decoder.locations(outline.locations)
    sampleTypes = try decoder.valueTypes(outline.sampleTypes)
    samples = try decoder.samples(outline.samples, valueCount: sampleTypes.count)

    periodType = try outline.periodType.map { span throws(ProfileError) in try decoder.valueType(span, index: 0) }
    dropFrames = try strings[outline.dropFrames, at: Place(.profile, field: 7)]
    keepFrames = try strings[outline.keepFrames, at: Place(.profile, field: 8)]
    timeNanoseconds = outline.timeNanoseconds
    durationNanoseconds = outline.durationNanoseconds
    period = outline.period
    for index in 0..<outline.comments.count {
      let comment = Int64(bitPattern: outline.comments[index])
      comments.append(try strings[comment, at: Place(.profile, field: 13)])
    }
    defaultSampleType = try strings[outline.defaultSampleType, at: Place(.profile, field: 14)]
    documentationURL = try strings[outline.documentationURL, at: Place(.profile, field: 15)]
  }
}
