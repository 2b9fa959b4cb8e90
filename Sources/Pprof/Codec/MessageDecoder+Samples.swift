extension MessageDecoder {
  /// Reads the samples, by far the largest part of a profile.
  func samples(_ spans: [Span], valueCount: Int) throws(ProfileError) -> [Sample] {
    guard valueCount > 0 || spans.isEmpty else { throw .missingSampleTypes }
    var samples: [Sample] = []
    samples.reserveCapacity(spans.count)
    // Gathered here and copied out, so that each sample's arrays are allocated once, at their size.
    var stack = NumberList()
    var values = NumberList()
    var labels = LabelDecoder(strings: strings)
    for (index, span) in spans.enumerated() {
      var reader = reader.message(.sample, index: index, at: span)
      stack.removeAll()
      values.removeAll()
      labels.removeAll()
      while try reader.next() {
        switch reader.field {
        case 1: try reader.numbers(into: &stack)
        case 2: try reader.numbers(into: &values)
        case 3: try labels.add(reader.message(.label, index: index, at: try reader.span()))
        default: try reader.skip()
        }
      }
      guard stack.count <= limits.frames else {
        let place = Place(.sample, index: index, field: 1, offset: span.start)
        throw .overLimit(.frames, limit: limits.frames, at: place)
      }
      let positions = stack.prefix { locationPositions[$0] }
      guard positions.count == stack.count else {
        throw .unknownID(stack[positions.count], at: Place(.sample, index: index, field: 1, offset: span.start))
      }
      guard values.count == valueCount else {
        let place = Place(.sample, index: index, field: 2, offset: span.start)
        throw .valueCount(values.count, expected: valueCount, at: place)
      }
      samples.append(
        Sample(
          locations: positions, values: values.prefix { Int64(bitPattern: $0) }, labels: labels.texts(),
          numericLabels: labels.numbers()))
    }
    return samples
  }
}
