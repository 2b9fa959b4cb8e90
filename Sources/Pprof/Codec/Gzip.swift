import CZlib

/// Decompresses gzip data, several members one after the other included.
///
/// Stops as soon as the output is larger than the limits allow, so that a small file cannot fill the memory.
///
/// Source: RFC 1952.
func inflate(_ input: UnsafeBufferPointer<UInt8>, limits: DecodingLimits) throws(ProfileError) -> ByteBuffer {
  let limit = limits.inflatedBytes(of: input.count)
  var output = ByteBuffer(capacity: min(limit, claimedSize(of: input)) + 1)
  var stream = z_stream()
  stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
  // 15 bits of window; 16 more mean a gzip header and nothing else.
  guard inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
    throw .gzip(reason: "zlib is out of memory", offset: 0)
  }
  defer { inflateEnd(&stream) }

  var consumed = 0
  while true {
    let chunk = min(input.count - consumed, Int(UInt32.max))
    stream.avail_in = UInt32(chunk)
    if output.free.isEmpty { output.reserve(1) }
    // One byte beyond the limit is enough to know that it is passed.
    let room = min(output.free.count, limit + 1 - output.count, Int(UInt32.max))
    stream.next_out = output.free.baseAddress
    stream.avail_out = UInt32(room)
    let status = CZlib.inflate(&stream, Z_NO_FLUSH)
    let written = room - Int(stream.avail_out)
    let read = chunk - Int(stream.avail_in)
    output.advance(by: written)
    consumed += read
    guard output.count <= limit else { throw .overLimit(.bytes, limit: limit, at: nil) }

    switch status {
    case Z_STREAM_END:
      if consumed == input.count { return output }
      guard inflateReset(&stream) == Z_OK else { throw .gzip(reason: "cannot begin a member", offset: consumed) }
    case Z_OK where read > 0 || written > 0: continue
    case Z_OK, Z_BUF_ERROR: throw .gzip(reason: "the data end too early", offset: consumed)
    default: throw .gzip(reason: stream.msg.map { String(cString: $0) } ?? "error \(status)", offset: consumed)
    }
  }
}

/// The bytes that were compressed with gzip.
package func gunzip(_ bytes: [UInt8], limits: DecodingLimits = DecodingLimits()) throws(ProfileError) -> [UInt8] {
  try bytes.withUnsafeBufferPointer { bytes throws(ProfileError) in
    let inflated = try inflate(bytes, limits: limits)
    return inflated.withBytes { Array($0) }
  }
}

/// The bytes compressed with gzip; the same bytes give the same.
package func gzip(_ bytes: [UInt8]) throws(ProfileError) -> [UInt8] {
  try bytes.withUnsafeBufferPointer { bytes throws(ProfileError) in try deflate(bytes) }
}

/// The size that the last four bytes claim, as far as such a small input could have it.
private func claimedSize(of input: UnsafeBufferPointer<UInt8>) -> Int {
  guard input.count >= 18 else { return 0 }
  let claim = input.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
  // Deflate cannot do better than 1032 to 1.
  return min(claim, input.count * 1032, 64 << 20)
}

/// Compresses bytes into one gzip member without a time, so that the same bytes always give the same file.
func deflate(_ input: UnsafeBufferPointer<UInt8>) throws(ProfileError) -> [UInt8] {
  var stream = z_stream()
  let header = Int32(MemoryLayout<z_stream>.size)
  guard
    deflateInit2_(&stream, compressionLevel, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, header) == Z_OK
  else { throw .gzip(reason: "zlib is out of memory", offset: 0) }
  defer { deflateEnd(&stream) }

  var output = ByteBuffer(capacity: Int(deflateBound(&stream, UInt(input.count))))
  stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
  var consumed = 0
  while true {
    let chunk = min(input.count - consumed, Int(UInt32.max))
    stream.avail_in = UInt32(chunk)
    if output.free.isEmpty { output.reserve(1) }
    let room = min(output.free.count, Int(UInt32.max))
    stream.next_out = output.free.baseAddress
    stream.avail_out = UInt32(room)
    let isLast = consumed + chunk == input.count
    let status = CZlib.deflate(&stream, isLast ? Z_FINISH : Z_NO_FLUSH)
    output.advance(by: room - Int(stream.avail_out))
    consumed += chunk - Int(stream.avail_in)
    if status == Z_STREAM_END { return output.withBytes { Array($0) } }
    guard status == Z_OK || status == Z_BUF_ERROR else {
      throw .gzip(reason: "zlib error \(status)", offset: consumed)
    }
  }
}

private let compressionLevel: Int32 = 6
