import ScenarioRunning

/// A consumer that decodes Kafka fetch responses and adds up what the records say.
///
/// The fault: every record's headers become a dictionary of strings, though hardly any header is ever read.
enum KafkaDecode {
  static let scenario = Scenario(
    id: "kafka-decode",
    title: "A Kafka consumer that spends its time on headers nobody reads",
    question: "Which part of decoding a fetch response costs the most?",
    parameters: [
      Parameter("responses", "fetch responses a round", standard: 80, range: 1...1_000),
      Parameter("records", "records in a response", standard: 600, range: 1...10_000),
      Parameter("headers", "headers on a record", standard: 6, range: 0...50),
      Parameter("seed", "seed of the generated records", standard: 98, range: 0...1_000_000),
    ],
    profiles: [.cpu, .allocs], alsoUses: ["KafkaWire.swift"], program: program)

  private static func program(_ variant: Scenario.Variant, _ arguments: Arguments) throws -> Program {
    let responses = FetchResponseWriter(arguments).responses(arguments["responses"])
    return Program {
      switch variant {
      case .faulty: try Consumer<HeaderDictionary>().consume(responses)
      case .fixed: try Consumer<HeaderBytes>().consume(responses)
      }
    }
  }
}

/// How the headers of a record are kept.
protocol RecordHeaders {
  init(count: Int, from reader: inout ByteReader) throws
  func value(of name: String) -> String?
}

// lesson: begin eager
/// The headers of a record, by name.
struct HeaderDictionary: RecordHeaders {
  private var values: [String: String] = [:]

  init(count: Int, from reader: inout ByteReader) throws {
    for _ in 0..<count {
      let name = try reader.string()
      values[name] = try reader.string()
    }
  }

  func value(of name: String) -> String? { values[name] }
}
// lesson: end eager

// lesson: begin lazy
/// The headers of a record, as they came: read when somebody asks.
struct HeaderBytes: RecordHeaders {
  private let bytes: ArraySlice<UInt8>
  private let count: Int

  init(count: Int, from reader: inout ByteReader) throws {
    let start = reader.offset
    for _ in 0..<count {
      try reader.skipString()
      try reader.skipString()
    }
    self.bytes = reader.slice(from: start)
    self.count = count
  }

  func value(of name: String) -> String? {
    var reader = ByteReader(Array(bytes))
    for _ in 0..<count {
      guard let length = try? reader.varint(), let candidate = try? reader.slice(length) else { return nil }
      if candidate.elementsEqual(name.utf8) { return try? reader.string() }
      guard (try? reader.skipString()) != nil else { return nil }
    }
    return nil
  }
}
// lesson: end lazy

// lesson: begin decode
/// What a broker answers to a fetch: batches of records for one partition each.
struct FetchResponse<Headers: RecordHeaders> {
  var batches: [RecordBatch<Headers>]

  static func decode(from bytes: [UInt8]) throws -> FetchResponse {
    var reader = ByteReader(bytes)
    let count = Int(try reader.integer(Int32.self))
    var batches: [RecordBatch<Headers>] = []
    for _ in 0..<count { batches.append(try RecordBatch.decode(from: &reader)) }
    return FetchResponse(batches: batches)
  }
}

/// Consecutive records of one partition, guarded by one checksum.
struct RecordBatch<Headers: RecordHeaders> {
  var partition: Int32
  var records: [Record<Headers>]

  static func decode(from reader: inout ByteReader) throws -> RecordBatch {
    let partition = try reader.integer(Int32.self)
    let checksum = try reader.integer(UInt32.self)
    let length = Int(try reader.integer(Int32.self))
    let body = try reader.slice(length)
    guard CRC32C.checksum(body) == checksum else {
      throw KafkaWireError.malformed("checksum of partition \(partition)", at: body.startIndex)
    }
    var inner = ByteReader(Array(body))
    let count = Int(try inner.integer(Int32.self))
    var records: [Record<Headers>] = []
    records.reserveCapacity(count)
    for _ in 0..<count { records.append(try Record.decode(from: &inner)) }
    return RecordBatch(partition: partition, records: records)
  }
}

/// A key, a value, and headers.
struct Record<Headers: RecordHeaders> {
  var key: String
  var value: ArraySlice<UInt8>
  var headers: Headers

  static func decode(from reader: inout ByteReader) throws -> Record {
    let key = try reader.string()
    let value = try reader.slice(try reader.varint())
    let headers = try Headers(count: try reader.varint(), from: &reader)
    return Record(key: key, value: value, headers: headers)
  }
}
// lesson: end decode

/// The application: bytes by key, and the trace of each batch's first record.
private struct Consumer<Headers: RecordHeaders> {
  private var bytesByKey: [String: Int] = [:]
  private var traces = Digest()
  private var records = 0
  private var decoding = CPUClock()
  private var everything = CPUClock()

  init() {}

  func consume(_ responses: [[UInt8]]) throws -> Outcome {
    var consumer = self
    var everything = CPUClock()
    try everything.measure { for bytes in responses { try consumer.consume(bytes) } }
    consumer.everything = everything
    return consumer.outcome
  }

  private mutating func consume(_ bytes: [UInt8]) throws {
    let response = try decoding.measure { try FetchResponse<Headers>.decode(from: bytes) }
    handle(response)
  }

  @inline(never)
  private mutating func handle(_ response: FetchResponse<Headers>) {
    for batch in response.batches {
      if let trace = batch.records.first?.headers.value(of: "trace-id") { traces.add(trace.utf8) }
      for record in batch.records {
        records += 1
        bytesByKey[record.key, default: 0] += record.value.reduce(0) { $0 &+ Int($1) }
      }
    }
  }

  private var outcome: Outcome {
    var digest = traces
    for (key, bytes) in bytesByKey.sorted(by: { $0.key < $1.key }) {
      digest.add(key.utf8)
      digest.add(bytes)
    }
    return Outcome(
      output: digest.text,
      truth: [
        Truth("records", Double(records), basis: "counted while handling"),
        Truth(
          "decode-share", Double(decoding.nanoseconds) / Double(everything.nanoseconds),
          basis: "the thread's CPU clock, read around each call of FetchResponse.decode and around the round"),
      ])
  }
}

/// Makes the responses that the consumer decodes.
private struct FetchResponseWriter {
  private let records: Int
  private let headers: Int
  private var random: SplitMix64

  init(_ arguments: Arguments) {
    records = arguments["records"]
    headers = arguments["headers"]
    random = SplitMix64(seed: UInt64(arguments["seed"]))
  }

  consuming func responses(_ count: Int) -> [[UInt8]] { (0..<count).map { _ in response() } }

  private mutating func response() -> [UInt8] {
    let batchSize = 50
    let sizes = stride(from: 0, to: records, by: batchSize).map { min(batchSize, records - $0) }
    var writer = ByteWriter()
    writer.integer(Int32(sizes.count))
    for (partition, size) in sizes.enumerated() {
      var body = ByteWriter()
      body.integer(Int32(size))
      for _ in 0..<size { record(into: &body) }
      writer.integer(Int32(partition))
      writer.integer(CRC32C.checksum(body.bytes[...]))
      writer.integer(Int32(body.bytes.count))
      writer.bytes += body.bytes
    }
    return writer.bytes
  }

  private mutating func record(into writer: inout ByteWriter) {
    writer.string("device-\(random.next() % 500)".utf8)
    writer.string(
      (0..<Int.random(in: 120...240, using: &random)).map { _ in UInt8.random(in: 32...126, using: &random) })
    writer.varint(headers)
    for header in 0..<headers {
      writer.string((header == 0 ? "trace-id" : "x-application-header-\(header)").utf8)
      writer.string("\(random.next())-\(random.next())".utf8)
    }
  }
}
