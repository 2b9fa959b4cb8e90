@_spi(Internal) import Runtime

/// Lines and inlined functions as the toolchain's `Runtime` module reads them from debug information.
///
/// This is the only file that touches `Runtime`, whose interface is private to the toolchain. Nothing of it runs until it
/// is called; it installs no handlers.
struct RuntimeBackend {
  /// One level of an address: a function and, when debug information has it, a place in it.
  struct Level {
    var systemName: String
    var file: String
    var line: Int
    var column: Int
    var isInlined: Bool
  }

  private let images = ImageMap.capture()

  /// The levels of each address, innermost first; an empty list where nothing is known.
  func levels(of addresses: [UInt64]) -> [[Level]] {
    let backtrace = Backtrace(
      architecture: images.isEmpty ? "" : Self.architecture,
      frames: addresses.map { RichFrame<UInt64>.programCounter($0) }, images: images)
    var result: [[Level]] = []
    result.reserveCapacity(addresses.count)
    let options: Backtrace.SymbolicationOptions = [.showInlineFrames, .showSourceLocations, .useSymbolCache]
    var levels: [Level] = []
    for frame in backtrace.symbolicated(with: images, options: options)?.frames ?? [] {
      if let symbol = frame.symbol {
        let place = symbol.sourceLocation
        levels.append(
          Level(
            systemName: symbol.rawName, file: place?.path ?? "", line: place?.line ?? 0, column: place?.column ?? 0,
            isInlined: frame.inlined))
      }
      // The list of one address ends with the function that holds the code.
      if !frame.inlined {
        result.append(levels)
        levels = []
      }
    }
    return result.count == addresses.count ? result : Array(repeating: [], count: addresses.count)
  }

  #if arch(x86_64)
    private static let architecture = "x86_64"
  #elseif arch(arm64)
    private static let architecture = "arm64"
  #else
    private static let architecture = "unknown"
  #endif
}
