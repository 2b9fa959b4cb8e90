import CLoadedImages
import Platform

/// A file that the dynamic loader has mapped into this process, or into another that a profile or a trace is of.
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
  /// Whether it is this process that has it in its memory: then the program is found whatever became of its file, and
  /// the kernel's image, which has none, is read.
  public internal(set) var isOfThisProcess = false

  /// Makes a description of an image of whatever process.
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

  /// The images of this process, in the loader's order: the program first. None where the files are not ELF's.
  ///
  /// An image with several executable segments is described by the span from the first to the last.
  public static func all() -> [LoadedImage] {
    // The program has no name of its own.
    list(lab_each_loaded_image).enumerated().map { index, image in
      var image = image
      image.isMainProgram = index == 0
      return image
    }
  }

  /// What is to be called for each image, as C has it.
  package typealias Visit = @convention(c) (lab_loaded_image, UnsafeMutableRawPointer?) -> Void

  /// How often the loader has loaded and unloaded files: while that stays the same, so does `all()`.
  static func generation() -> LoaderGeneration {
    var generation = LoaderGeneration()
    withUnsafeMutablePointer(to: &generation) { generation in
      lab_each_loaded_image(
        { image, context in
          let generation = context?.assumingMemoryBound(to: LoaderGeneration.self)
          generation?.pointee = LoaderGeneration(loads: image.loads, unloads: image.unloads)
        }, generation)
    }
    return generation
  }

  /// The images that a function of C goes through.
  package static func list(_ each: (Visit, UnsafeMutableRawPointer?) -> Void) -> [LoadedImage] {
    var images: [LoadedImage] = []
    withUnsafeMutablePointer(to: &images) { images in
      each(
        { image, context in
          context?.assumingMemoryBound(to: [LoadedImage].self).pointee.append(LoadedImage(image))
        }, images)
    }
    return images
  }

  private init(_ image: lab_loaded_image) {
    let name = String(cString: image.name)
    let buildID = UnsafeBufferPointer(start: image.build_id, count: Int(image.build_id_size))
    self.init(
      path: name.isEmpty ? ThisProgram.path : name, buildID: BuildID.text(buildID), base: image.base,
      start: image.code_start, end: image.code_end, fileOffset: image.code_offset)
    isOfThisProcess = true
  }
}

/// A state of the list of loaded files.
struct LoaderGeneration: Hashable, Sendable {
  var loads: UInt64 = 0
  var unloads: UInt64 = 0
}
