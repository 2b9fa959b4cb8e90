extension Profile {
  /// The bytes of the profile as a file holds them.
  ///
  /// The same profile always gives the same bytes: labels are sorted, the gzip header has no time.
  /// A numeric label of value 0 without a unit cannot be expressed by the format and is lost.
  ///
  /// - Throws: what `checkValid()` finds.
  /// - Complexity: linear in the number of frames.
  public func encoded(compressed: Bool = true) throws(ProfileError) -> [UInt8] {
    try checkValid()
    let message = encodedMessage()
    return try message.withBytes { bytes throws(ProfileError) in compressed ? try deflate(bytes) : Array(bytes) }
  }

  /// The profile as a message; it must be valid.
  private func encodedMessage() -> ByteBuffer {
    var writer = WireWriter(capacity: 64 * samples.count + 64 * locations.count + 64 * functions.count)
    var strings = StringInterner()
    for type in sampleTypes { Self.write(type, 1, to: &writer, &strings) }
    let locationIDs = ContiguousArray(locations.map(\.id))
    for sample in samples { Self.write(sample, locationIDs, to: &writer, &strings) }
    for mapping in mappings { Self.write(mapping, to: &writer, &strings) }
    for location in locations { write(location, to: &writer) }
    for function in functions { Self.write(function, to: &writer, &strings) }

    let drop = strings.index(of: dropFrames)
    let keep = strings.index(of: keepFrames)
    // The table stands before these fields, but they add to it.
    let period = periodType.map { (strings.index(of: $0.type), strings.index(of: $0.unit)) }
    let comments = comments.map { strings.index(of: $0) }
    let defaultType = strings.index(of: defaultSampleType)
    let documentation = strings.index(of: documentationURL)

    for string in strings.strings { writer.string(6, string) }
    writer.number(7, drop)
    writer.number(8, keep)
    writer.number(9, timeNanoseconds)
    writer.number(10, durationNanoseconds)
    if let (type, unit) = period, type != 0 || unit != 0 {
      writer.message(11) { writer in
        writer.number(1, type)
        writer.number(2, unit)
      }
    }
    writer.number(12, self.period)
    writer.numbers(13, comments) { $0 }
    // As pprof does, also if there is none.
    writer.numbers(14, [defaultType]) { $0 }
    writer.number(15, documentation)
    return writer.finish()
  }

  private static func write(
    _ type: ValueType, _ field: Int, to writer: inout WireWriter, _ strings: inout StringInterner
  ) {
    let name = strings.index(of: type.type)
    let unit = strings.index(of: type.unit)
    writer.message(field) { writer in
      writer.number(1, name)
      writer.number(2, unit)
    }
  }

  @inline(__always)
  private static func write(
    _ sample: Sample, _ locationIDs: ContiguousArray<UInt64>, to writer: inout WireWriter,
    _ strings: inout StringInterner
  ) {
    writer.message(2) { writer in
      writer.numbers(1, sample.locations) { locationIDs[$0] }
      writer.numbers(2, sample.values) { UInt64(bitPattern: $0) }
      if !sample.labels.isEmpty { write(sample.labels, to: &writer, &strings) }
      if !sample.numericLabels.isEmpty { write(sample.numericLabels, to: &writer, &strings) }
    }
  }

  private static func write(
    _ labels: [String: [String]], to writer: inout WireWriter, _ strings: inout StringInterner
  ) {
    for (key, values) in labels.sortedByKey {
      for value in values {
        let key = strings.index(of: key)
        let text = strings.index(of: value)
        writer.message(3) { writer in
          writer.number(1, key)
          writer.number(2, text)
        }
      }
    }
  }

  private static func write(
    _ labels: [String: [NumericLabel]], to writer: inout WireWriter, _ strings: inout StringInterner
  ) {
    for (key, values) in labels.sortedByKey {
      let key = strings.index(of: key)
      for value in values {
        let unit = strings.index(of: value.unit)
        writer.message(3) { writer in
          writer.number(1, key)
          writer.number(3, value.value)
          writer.number(4, unit)
        }
      }
    }
  }

  private static func write(_ mapping: Mapping, to writer: inout WireWriter, _ strings: inout StringInterner) {
    let file = strings.index(of: mapping.file)
    let buildID = strings.index(of: mapping.buildID)
    writer.message(3) { writer in
      writer.number(1, mapping.id)
      writer.number(2, mapping.start)
      writer.number(3, mapping.limit)
      writer.number(4, mapping.offset)
      writer.number(5, file)
      writer.number(6, buildID)
      writer.flag(7, mapping.hasFunctions)
      writer.flag(8, mapping.hasFilenames)
      writer.flag(9, mapping.hasLineNumbers)
      writer.flag(10, mapping.hasInlineFrames)
    }
  }

  private func write(_ location: Location, to writer: inout WireWriter) {
    writer.message(4) { writer in
      writer.number(1, location.id)
      if let mapping = location.mapping { writer.number(2, mappings[mapping].id) }
      writer.number(3, location.address)
      for line in location.lines {
        writer.message(4) { writer in
          writer.number(1, functions[line.function].id)
          writer.number(2, line.line)
          writer.number(3, line.column)
        }
      }
      writer.flag(5, location.isFolded)
    }
  }

  private static func write(_ function: Function, to writer: inout WireWriter, _ strings: inout StringInterner) {
    let name = strings.index(of: function.name)
    let systemName = strings.index(of: function.systemName)
    let filename = strings.index(of: function.filename)
    writer.message(5) { writer in
      writer.number(1, function.id)
      writer.number(2, name)
      writer.number(3, systemName)
      writer.number(4, filename)
      writer.number(5, function.startLine)
    }
  }
}

extension Dictionary where Key == String {
  /// The entries in byte order of their keys.
  var sortedByKey: [(key: String, value: Value)] {
    count < 2 ? Array(self) : sorted { ByteString($0.key) < ByteString($1.key) }
  }
}
