/// Where the parts of an encoded profile lie, found in one pass over its outermost fields.
///
/// Entries may come in any order in the file, but functions must be known before the locations that refer to
/// them, and the strings, which come late, before everything. So the outline is drawn first.
struct MessageOutline: ~Copyable {
  var sampleTypes: [Span] = []
  var samples: [Span] = []
  var mappings: [Span] = []
  var locations: [Span] = []
  var functions: [Span] = []
  var strings: [Span] = []
  var periodType: Span?
  var dropFrames: Int64 = 0
  var keepFrames: Int64 = 0
  var timeNanoseconds: Int64 = 0
  var durationNanoseconds: Int64 = 0
  var period: Int64 = 0
  var comments = NumberList()
  var defaultSampleType: Int64 = 0
  var documentationURL: Int64 = 0

  init(of reader: WireReader, limits: DecodingLimits) throws(ProfileError) {
    var reader = reader
    while try reader.next() {
      switch reader.field {
      case 1: try Self.append(&reader, to: &sampleTypes, limits)
      case 2: try Self.append(&reader, to: &samples, limits)
      case 3: try Self.append(&reader, to: &mappings, limits)
      case 4: try Self.append(&reader, to: &locations, limits)
      case 5: try Self.append(&reader, to: &functions, limits)
      case 6: try Self.append(&reader, to: &strings, limits)
      case 7: dropFrames = Int64(bitPattern: try reader.number())
      case 8: keepFrames = Int64(bitPattern: try reader.number())
      case 9:
        // A message after a message is one message to protobuf, with both ones' samples and the last one's strings.
        if timeNanoseconds != 0 { throw .concatenated(at: reader.place) }
        timeNanoseconds = Int64(bitPattern: try reader.number())
      case 10: durationNanoseconds = Int64(bitPattern: try reader.number())
      case 11: periodType = try reader.span()
      case 12: period = Int64(bitPattern: try reader.number())
      case 13:
        try reader.numbers(into: &comments)
        guard comments.count <= limits.entries else {
          throw .overLimit(.entries, limit: limits.entries, at: reader.place)
        }
      case 14: defaultSampleType = Int64(bitPattern: try reader.number())
      case 15: documentationURL = Int64(bitPattern: try reader.number())
      default: try reader.skip()
      }
    }
  }

  @inline(__always)
  private static func append(
    _ reader: inout WireReader, to spans: inout [Span], _ limits: DecodingLimits
  ) throws(ProfileError) {
    let span = try reader.span()
    guard spans.count < limits.entries else {
      throw .overLimit(.entries, limit: limits.entries, at: reader.place)
    }
    spans.append(span)
  }
}
