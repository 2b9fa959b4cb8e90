import CProfiler
import Symbolization

/// Names what lies at an address: a global variable by its symbol, an object by its class, a lock in an object by the
/// property.
///
/// Reads memory and files, and asks the Swift runtime for nothing: one of its locks may be what everybody waits for.
struct ObjectNames {
  private var symbolizer = Symbolizer.ofProcess()
  private let reader = MetadataReader(
    memory: ReadableMemory(UnsafeBufferPointer(start: nil, count: 0)), types: .unknown)

  /// The global variable that an address lies in; nil if it is in none that has a symbol.
  mutating func variable(at address: UInt) -> String? {
    guard let symbol = symbolizer.programVariable(at: UInt64(address))?.systemName else { return nil }
    guard symbol.hasPrefix("$s") else { return symbol }
    // What has a variable initialised once is called by its name, without its type: any will do.
    return VariableName(mangled: symbol.hasSuffix("_Wz") ? symbol.dropLast(3) + "ytvpZ" : symbol)?.name
  }

  /// Whether what a thread waits in was called by a function in Foundation's file: the first on its stack that is not the
  /// C library's. It may have no symbol.
  func isFoundations(callerIn stack: ArraySlice<UInt64>) -> Bool {
    let files = stack.lazy.compactMap { symbolizer.image(at: $0) }
      .map { symbolizer.images[$0].path.split(separator: "/").last ?? "" }
    return files.first { !$0.hasPrefix("libc.so") && !$0.hasPrefix("libpthread") }?.hasPrefix("libFoundation") ?? false
  }

  /// The global variable of the program that has an object whose first words lead to a lock, and the object; nil if none
  /// has: `NSLock` has its mutex elsewhere.
  mutating func variable(leadingTo lock: UInt) -> (name: String, object: UInt)? {
    for symbol in symbolizer.programVariables(ofSize: 8) where symbol.systemName.hasPrefix("$s") {
      guard let object = reader.memory.pointer(at: UInt(symbol.start)), StackEvidence.isObject(object, with: lock),
        let name = VariableName(mangled: symbol.systemName)?.name
      else { continue }
      return (name, object)
    }
    return nil
  }

  /// The class of the object at an address; nil if there is none.
  func type(of object: UInt) -> String? { metadata(of: object).map(reader.names.short) }

  /// The property of an object that an address lies in, `Account.lock`; nil if it lies in no object whose class is known.
  func property(at address: UInt) -> String? {
    var start = address & ~15
    for _ in 0..<Self.mostSteps {
      if let type = metadata(of: start), let size = reader.memory.load(UInt32.self, at: type.address + 24),
        UInt(size) > address - start
      {
        let field = reader.field(of: type, at: Int(address - start))
        return reader.names.short(type) + (field.map { ".\($0.name)" } ?? "")
      }
      start -= 16
    }
    return nil
  }

  /// How far from its beginning a lock lies in an object at most, in steps of 16 bytes.
  private static let mostSteps: UInt = 64

  private func metadata(of object: UInt) -> TypeMetadata? {
    guard let word = reader.memory.load(UInt.self, at: object),
      let (type, kind) = reader.heapMetadata(word, size: .max), kind == .class
    else { return nil }
    return type
  }
}
