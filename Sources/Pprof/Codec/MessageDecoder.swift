/// Reads the entries of an encoded profile, one kind after the other.
struct MessageDecoder {
  let reader: WireReader
  let strings: StringTable
  let limits: DecodingLimits
  var mappingPositions = IDTable(count: 0)
  var functionPositions = IDTable(count: 0)
  var locationPositions = IDTable(count: 0)

  func valueTypes(_ spans: [Span]) throws(ProfileError) -> [ValueType] {
    var types: [ValueType] = []
    types.reserveCapacity(spans.count)
    for (index, span) in spans.enumerated() { types.append(try valueType(span, index: index)) }
    return types
  }

  func valueType(_ span: Span, index: Int) throws(ProfileError) -> ValueType {
    var reader = reader.message(.valueType, index: index, at: span)
    var result = ValueType(type: "", unit: "")
    while try reader.next() {
      switch reader.field {
      case 1: result.type = try string(&reader)
      case 2: result.unit = try string(&reader)
      default: try reader.skip()
      }
    }
    return result
  }

  func mappings(_ spans: [Span]) throws(ProfileError) -> ([Mapping], IDTable) {
    var result: [Mapping] = []
    var positions = IDTable(count: spans.count)
    result.reserveCapacity(spans.count)
    for (index, span) in spans.enumerated() {
      var reader = reader.message(.mapping, index: index, at: span)
      var mapping = Mapping(id: 0)
      while try reader.next() {
        switch reader.field {
        case 1: mapping.id = try reader.number()
        case 2: mapping.start = try reader.number()
        case 3: mapping.limit = try reader.number()
        case 4: mapping.offset = try reader.number()
        case 5: mapping.file = try string(&reader)
        case 6: mapping.buildID = try string(&reader)
        case 7: mapping.hasFunctions = try reader.number() != 0
        case 8: mapping.hasFilenames = try reader.number() != 0
        case 9: mapping.hasLineNumbers = try reader.number() != 0
        case 10: mapping.hasInlineFrames = try reader.number() != 0
        default: try reader.skip()
        }
      }
      try enter(mapping.id, index, in: &positions, at: Place(.mapping, index: index, field: 1, offset: span.start))
      result.append(mapping)
    }
    return (result, positions)
  }

  func functions(_ spans: [Span]) throws(ProfileError) -> ([Function], IDTable) {
    var result: [Function] = []
    var positions = IDTable(count: spans.count)
    result.reserveCapacity(spans.count)
    for (index, span) in spans.enumerated() {
      var reader = reader.message(.function, index: index, at: span)
      var function = Function(id: 0, name: "")
      while try reader.next() {
        switch reader.field {
        case 1: function.id = try reader.number()
        case 2: function.name = try string(&reader)
        case 3: function.systemName = try string(&reader)
        case 4: function.filename = try string(&reader)
        case 5: function.startLine = Int64(bitPattern: try reader.number())
        default: try reader.skip()
        }
      }
      try enter(function.id, index, in: &positions, at: Place(.function, index: index, field: 1, offset: span.start))
      result.append(function)
    }
    return (result, positions)
  }

  func locations(_ spans: [Span]) throws(ProfileError) -> ([Location], IDTable) {
    var result: [Location] = []
    var positions = IDTable(count: spans.count)
    result.reserveCapacity(spans.count)
    for (index, span) in spans.enumerated() {
      var reader = reader.message(.location, index: index, at: span)
      var location = Location(id: 0)
      while try reader.next() {
        switch reader.field {
        case 1: location.id = try reader.number()
        case 2: location.mapping = try mapping(&reader)
        case 3: location.address = try reader.number()
        case 4:
          let line = try reader.span()
          guard location.lines.count < limits.frames else {
            throw .overLimit(.frames, limit: limits.frames, at: reader.place)
          }
          location.lines.append(try self.line(reader.message(.line, index: index, at: line)))
        case 5: location.isFolded = try reader.number() != 0
        default: try reader.skip()
        }
      }
      try enter(location.id, index, in: &positions, at: Place(.location, index: index, field: 1, offset: span.start))
      result.append(location)
    }
    return (result, positions)
  }

  /// The mapping referred to. The id 0 means none; so does one that is missing, as to pprof.
  private func mapping(_ reader: inout WireReader) throws(ProfileError) -> Int? {
    mappingPositions[try reader.number()]
  }

  private func line(_ reader: WireReader) throws(ProfileError) -> Line {
    var reader = reader
    var line = Line(function: -1)
    while try reader.next() {
      switch reader.field {
      case 1:
        let id = try reader.number()
        guard let position = functionPositions[id] else { throw .unknownID(id, at: reader.place) }
        line.function = position
      case 2: line.line = Int64(bitPattern: try reader.number())
      case 3: line.column = Int64(bitPattern: try reader.number())
      default: try reader.skip()
      }
    }
    guard line.function >= 0 else {
      throw .unknownID(0, at: Place(.line, index: reader.index, field: 1, offset: reader.cursor))
    }
    return line
  }

  private func enter(_ id: UInt64, _ index: Int, in positions: inout IDTable, at place: Place) throws(ProfileError) {
    if id == 0 { throw .zeroID(at: place) }
    guard positions.insert(id, position: index) else { throw .duplicateID(id, at: place) }
  }

  private func string(_ reader: inout WireReader) throws(ProfileError) -> String {
    let index = Int64(bitPattern: try reader.number())
    return try strings[index, at: reader.place]
  }
}
