/// Names of C, without what compilers, linkers and libraries add to tell copies of one function apart.
enum CName {
  /// `unlink_chunk.constprop.0` -> `unlink_chunk`; `__memcpy_avx512_unaligned_erms` -> `memcpy`.
  static func short(_ name: String) -> String {
    var name = name
    return name.withUTF8 { bytes in
      let text = ByteText(UnsafeRawBufferPointer(bytes))
      if let end = clones.lazy.compactMap({ text.range(of: $0)?.lowerBound }).min(), end > 0 {
        return text[..<end].string
      }
      if text.hasPrefix("__"), let end = variants.lazy.compactMap({ text.range(of: $0)?.lowerBound }).min(), end > 2 {
        return text[2..<end].string
      }
      return text.string
    }
  }

  /// What GCC and LLVM append to a copy, or a part, of a function, and the linker to one with versions.
  private static let clones: [StaticString] = [
    ".constprop.", ".isra.", ".part.", ".cold", ".lto_priv.", ".llvm.", ".localalias", "@",
  ]

  /// How glibc tells apart what it has of a function for each kind of processor.
  private static let variants: [StaticString] = ["_sse2", "_sse4", "_ssse3", "_avx", "_evex", "_erms"]
}
