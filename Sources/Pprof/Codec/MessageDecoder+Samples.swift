extension MessageDecoder {
  /// Reads the samples, by far the largest part of a profile.
  func samples(_ spans: [Span], valueCount: Int) throws(ProfileError) -> [Sample] {
    guard valueCount > 0 || spans.isEmpty else { throw .missingSampleTypes }
    var samples: [Sample] = []
    samples.reserveCapacity(spans.count)
    // Stacks are gathered here and copied out, so that each sample's arrays are allocated once, at their size.
    var stack: ContiguousArray<Int> = []
    var values: ContiguousArray<Int64> = []
    for (index, span) in spans.enumerated() {
      var reader = reader.message(.sample, index: index, at: span)
      stack.removeAll(keepingCapacity: true)
      values.removeAll(keepingCapacity: true)
      var labels: [String: [String]] = [:]
      var numericLabels: [String: [NumericLabel]] = [:]
      while try reader.next() {
        switch reader.field {
        case 1: try appendStack(&reader, to: &stack)
        case 2: try appendValues(&reader, to: &values, atMost: valueCount)
        case 3:
          let label = reader.message(.label, index: index, at: try reader.span())
          try add(label, to: &labels, &numericLabels)
        default: try reader.skip()
        }
      }
      guard values.count == valueCount else {
        let place = Place(.sample, index: index, field: 2, offset: span.start)
        throw .valueCount(values.count, expected: valueCount, at: place)
      }
      samples.append(
        Sample(locations: Array(stack), values: Array(values), labels: labels, numericLabels: numericLabels))
    }
    return samples
  }

  @inline(__always)
  private func appendStack(_ reader: inout WireReader, to stack: inout ContiguousArray<Int>) throws(ProfileError) {
    let place = reader.place
    try reader.numbers { id throws(ProfileError) in
      guard let position = locationPositions[id] else { throw .unknownID(id, at: place) }
      stack.append(position)
    }
    guard stack.count <= limits.frames else { throw .overLimit(.frames, limit: limits.frames, at: reader.place) }
  }

  @inline(__always)
  private func appendValues(
    _ reader: inout WireReader, to values: inout ContiguousArray<Int64>, atMost count: Int
  ) throws(ProfileError) {
    let place = reader.place
    try reader.numbers { value throws(ProfileError) in
      guard values.count < count else { throw .valueCount(count + 1, expected: count, at: place) }
      values.append(Int64(bitPattern: value))
    }
  }

  /// A label with a string is a text label; else one with a number or a unit is numeric; else it says nothing.
  private func add(
    _ reader: WireReader, to labels: inout [String: [String]], _ numericLabels: inout [String: [NumericLabel]]
  ) throws(ProfileError) {
    var reader = reader
    var key: Int64 = 0
    var text: Int64 = 0
    var number: Int64 = 0
    var unit: Int64 = 0
    while try reader.next() {
      switch reader.field {
      case 1: key = Int64(bitPattern: try reader.number())
      case 2: text = Int64(bitPattern: try reader.number())
      case 3: number = Int64(bitPattern: try reader.number())
      case 4: unit = Int64(bitPattern: try reader.number())
      default: try reader.skip()
      }
    }
    func string(_ index: Int64, _ field: Int) throws(ProfileError) -> String {
      try strings[index, at: Place(.label, index: reader.index, field: field, offset: reader.end)]
    }
    let name = try string(key, 1)
    if text != 0 {
      labels[name, default: []].append(try string(text, 2))
    } else if number != 0 || unit != 0 {
      numericLabels[name, default: []].append(NumericLabel(value: number, unit: try string(unit, 4)))
    }
  }
}
