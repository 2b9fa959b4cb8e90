import Foundation

/// A 64-bit FNV-1a hash over named contents, to tell whether something made from them is stale.
struct ContentHash {
  private var state: UInt64 = 0xCBF2_9CE4_8422_2325

  mutating func add(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
    state = (state ^ 0xFF) &* 0x100_0000_01B3
  }

  mutating func add(_ text: String) { add(text.utf8) }

  /// Adds a file's name (as seen from the root) and contents, or a folder's files in order of their names.
  mutating func add(path: String) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return }
    if isFolder.boolValue {
      for name in try FileManager.default.contentsOfDirectory(atPath: path).sorted() {
        try add(path: "\(path)/\(name)")
      }
    } else {
      add(Workspace.relative(path))
      add(try Data(contentsOf: URL(fileURLWithPath: path)))
    }
  }

  /// Sixteen hexadecimal digits.
  var text: String {
    String(repeating: "0", count: state.leadingZeroBitCount / 4) + (state == 0 ? "" : String(state, radix: 16))
  }
}
