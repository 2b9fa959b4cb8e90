/// A string that equals another only if their bytes do, and is ordered by its bytes.
///
/// Swift's own strings are equal if people would read them as the same (é as one scalar or two). To the
/// format they are different names.
package struct ByteString: Hashable, Comparable {
  package let string: String

  package init(_ string: String) { self.string = string }

  package static func == (a: ByteString, b: ByteString) -> Bool {
    withBytes(a, b) { a, b in a.count == b.count && a.elementsEqual(b) }
  }

  package static func < (a: ByteString, b: ByteString) -> Bool {
    withBytes(a, b) { a, b in a.lexicographicallyPrecedes(b) }
  }

  package func hash(into hasher: inout Hasher) {
    var string = string
    string.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }

  private static func withBytes(
    _ a: ByteString, _ b: ByteString, _ body: (UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>) -> Bool
  ) -> Bool {
    var first = a.string
    var second = b.string
    return first.withUTF8 { first in second.withUTF8 { second in body(first, second) } }
  }
}
