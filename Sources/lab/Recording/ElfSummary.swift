import Foundation

/// What an ELF file says about how it was linked. Every offset in it is checked.
///
/// Source: System V ABI, chapters 4 and 5.
struct ElfSummary {
  /// Whether a dynamic linker starts it.
  private(set) var isDynamic = false
  /// Whether the profiler is linked into it.
  private(set) var hasProfilerNote = false
  /// The sanitizer it was built with.
  private(set) var sanitizer: String?
  /// Whether it has Swift code but no shared Swift library.
  private(set) var hasStaticSwift = false
  /// Whether it tells the names of its own functions.
  private(set) var hasSymbols = false

  struct NotELF: Error {}

  private let bytes: Data

  init(contentsOf path: String) throws {
    bytes = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
    guard bytes.count >= 64, bytes.prefix(6).elementsEqual([0x7f, 0x45, 0x4c, 0x46, 2, 1]) else { throw NotELF() }
    var segments: [(type: UInt64, offset: Int, address: Int, size: Int)] = []
    for index in 0..<number(at: 56, size: 2) {
      let header = number(at: 32, size: 8) + index * number(at: 54, size: 2)
      segments.append(
        (
          UInt64(number(at: header, size: 4)), number(at: header + 8, size: 8), number(at: header + 16, size: 8),
          number(at: header + 32, size: 8)
        ))
    }
    isDynamic = segments.contains { $0.type == 3 }
    hasProfilerNote = segments.contains { $0.type == 4 && holdsProfilerNote(offset: $0.offset, size: $0.size) }
    let loaded = segments.filter { $0.type == 1 }
    var names = Data()
    if let dynamic = segments.first(where: { $0.type == 2 }) {
      let table = strings(ofDynamic: dynamic.offset, size: dynamic.size)
      if let segment = loaded.first(where: { ($0.address..<$0.address + $0.size).contains(table.address) }) {
        names = slice(segment.offset + table.address - segment.address, table.size)
      }
    }
    for (symbol, name) in [
      ("__asan_init", "AddressSanitizer"), ("__tsan_init", "ThreadSanitizer"), ("__msan_init", "MemorySanitizer"),
    ] where contains(names, "\0\(symbol)\0") { sanitizer = name }
    hasSymbols = contains(sectionNames, "\0.symtab\0")
    hasStaticSwift = contains(sectionNames, "\0swift5_") && !contains(names, "libswiftCore.so")
  }

  private func holdsProfilerNote(offset: Int, size: Int) -> Bool {
    let note: [UInt8] = [4, 0, 0, 0, 4, 0, 0, 0, 1, 0, 0, 0] + Array("lab\0".utf8)
    return slice(offset, size).range(of: Data(note)) != nil
  }

  /// Address and size of the dynamic symbols' names: DT_STRTAB and DT_STRSZ.
  private func strings(ofDynamic offset: Int, size: Int) -> (address: Int, size: Int) {
    var result = (address: 0, size: 0)
    for entry in stride(from: offset, to: offset + min(size, 1 << 16), by: 16) {
      switch number(at: entry, size: 8) {
      case 5: result.address = number(at: entry + 8, size: 8)
      case 10: result.size = number(at: entry + 8, size: 8)
      default: break
      }
    }
    return result
  }

  private var sectionNames: Data {
    let header = number(at: 40, size: 8) + number(at: 62, size: 2) * number(at: 58, size: 2)
    return slice(number(at: header + 24, size: 8), number(at: header + 32, size: 8))
  }

  private func contains(_ data: Data, _ text: String) -> Bool { data.range(of: Data(text.utf8)) != nil }

  private func slice(_ offset: Int, _ size: Int) -> Data {
    guard offset >= 0, size >= 0, offset <= bytes.count, size <= bytes.count - offset else { return Data() }
    return bytes[offset..<offset + size]
  }

  /// A little-endian number; 0 if it is not in the file or does not fit.
  private func number(at offset: Int, size: Int) -> Int {
    let value = slice(offset, size).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return value <= 1 << 48 ? Int(value) : 0
  }
}
