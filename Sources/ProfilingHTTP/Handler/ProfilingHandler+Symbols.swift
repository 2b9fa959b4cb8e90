import HTTPMessages
import Platform
import Profiling

/// What tools ask beside profiles.
extension ProfilingHandler {
  /// The arguments, with a zero byte between them.
  func commandLine() -> ProfilingResponse {
    guard options.tellsCommandLine else { return .error(403, "The command line is not told here.") }
    return .text(arguments.joined(separator: "\0"))
  }

  /// The names of functions at addresses, `0x1234+0x5678`, in the query or in what is posted.
  func symbols(_ request: ProfilingRequest) -> ProfilingResponse {
    let asked = request.method == .post ? String(decoding: request.body, as: UTF8.self) : request.rawQuery
    let addresses = asked.split(separator: "+").prefix(10_000).compactMap { word -> UInt64? in
      let digits = word.drop { $0 == " " }.prefix { !$0.isWhitespace }
      return digits.hasPrefix("0x") ? UInt64(digits.dropFirst(2), radix: 16) : UInt64(digits)
    }
    let lines = zip(addresses, ServedSymbols.names(of: addresses)).compactMap { address, name in
      name.map { "0x\(String(address, radix: 16)) \($0)\n" }
    }
    return .text("num_symbols: 1\n" + lines.joined())
  }
}

/// Those that the program was started with, as the kernel has them: where the profiler is preloaded into a program that is
/// not Swift's, Swift's runtime knows of none.
private var arguments: [String] {
  guard let file = fopen("/proc/self/cmdline", "re") else { return CommandLine.arguments }
  defer { fclose(file) }
  var bytes = [UInt8](repeating: 0, count: 1 << 17)
  bytes.removeLast(bytes.count - fread(&bytes, 1, bytes.count, file))
  if bytes.last == 0 { bytes.removeLast() }
  return bytes.split(separator: 0, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
}
