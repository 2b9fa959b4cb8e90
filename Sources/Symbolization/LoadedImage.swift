import CProfilerHooks
import Glibc

/// A file that the dynamic loader has mapped into this process.
public struct LoadedImage: Sendable, Hashable {
  /// The absolute path of the file, or the loader's name for an image without a file (`linux-vdso.so.1`).
  public var path: String
  /// The GNU build identifier in lower-case hexadecimal, empty when the file has none.
  public var buildID: String
  /// What the loader adds to an address of the file to get an address of the process.
  public var base: UInt64
  /// The first address of the executable segment.
  public var start: UInt64
  /// The first address after the executable segment.
  public var end: UInt64
  /// The offset in the file of the byte that is mapped at `start`.
  public var fileOffset: UInt64
  /// Whether this is the program itself and not a library.
  public var isMainProgram: Bool

  /// Makes a description of an image.
  public init(
    path: String, buildID: String, base: UInt64, start: UInt64, end: UInt64, fileOffset: UInt64 = 0,
    isMainProgram: Bool = false
  ) {
    self.path = path
    self.buildID = buildID
    self.base = base
    self.start = start
    self.end = end
    self.fileOffset = fileOffset
    self.isMainProgram = isMainProgram
  }

  /// The images of this process, in the loader's order: the program first.
  ///
  /// An image with several executable segments is described by the span from the first to the last.
  public static func all() -> [LoadedImage] {
    var images: [LoadedImage] = []
    withUnsafeMutablePointer(to: &images) { images in
      lab_each_loaded_image(
        { image, context in
          guard let images = context?.assumingMemoryBound(to: [LoadedImage].self) else { return }
          if let image = LoadedImage(image, isMainProgram: images.pointee.isEmpty) { images.pointee.append(image) }
        }, images)
    }
    return images
  }

  private init?(_ image: lab_loaded_image, isMainProgram: Bool) {
    let headers = UnsafeBufferPointer(start: image.headers, count: Int(image.header_count))
    let base = image.base
    var code: (start: UInt64, end: UInt64, offset: UInt64)?
    var buildID = ""
    for header in headers {
      let start = base &+ UInt64(header.p_vaddr)
      if header.p_type == UInt32(PT_LOAD), header.p_flags & UInt32(PF_X) != 0 {
        let end = start &+ UInt64(header.p_memsz)
        code = (code?.start ?? start, end, code?.offset ?? UInt64(header.p_offset))
      } else if header.p_type == UInt32(PT_NOTE), buildID.isEmpty,
        let notes = UnsafeRawPointer(bitPattern: UInt(start))
      {
        buildID = BuildID.find(inNotes: UnsafeRawBufferPointer(start: notes, count: Int(header.p_memsz))) ?? ""
      }
    }
    guard let code else { return nil }
    let name = image.name.map { String(cString: $0) } ?? ""
    self.init(
      path: name.isEmpty ? Self.programPath() : name, buildID: buildID, base: base, start: code.start, end: code.end,
      fileOffset: code.offset, isMainProgram: isMainProgram)
  }

  private static func programPath() -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
      let count = buffer.baseAddress.map { readlink("/proc/thread-self/exe", $0, buffer.count) } ?? 0
      return count <= 0 ? "" : String(decoding: UnsafeRawBufferPointer(buffer)[..<count], as: UTF8.self)
    }
  }
}
