/// Turns addresses of this process into functions, files and lines.
///
/// Names come from the symbol tables of the loaded files, lines and inlined functions from their debug information. What
/// a stripped file no longer says is left out, never guessed.
///
///     var symbolizer = Symbolizer()
///     let frames = symbolizer.symbolize([address])[0]   // innermost inlined function first
public struct Symbolizer {
  /// The files loaded when this symbolizer was made, the program first.
  public let images: [LoadedImage]

  private var names: [String: SwiftName] = [:]
  private let backend = RuntimeBackend()

  /// Looks at the files loaded now.
  public init() { images = LoadedImage.all() }

  /// The functions at each address, innermost inlined function first; an empty list where nothing is known.
  ///
  /// Addresses are looked up as they are: of a return address, the caller subtracts one before.
  public mutating func symbolize(_ addresses: [UInt64]) -> [[SymbolizedFrame]] {
    zip(addresses, backend.levels(of: addresses)).map { address, levels in
      guard let image = images.firstIndex(where: { $0.start <= address && address < $0.end }) else { return [] }
      return levels.map { level in
        let name = self.name(of: level.systemName)
        let origin = CodeOrigin(
          path: images[image].path, isMainProgram: images[image].isMainProgram, systemName: level.systemName)
        return SymbolizedFrame(
          name: name.name, systemName: level.systemName, file: level.file, line: level.line, column: level.column,
          isInlined: level.isInlined, role: name.role, origin: origin, image: image)
      }
    }
  }

  private mutating func name(of systemName: String) -> SwiftName {
    if let known = names[systemName] { return known }
    let name = SwiftName(mangled: systemName)
    names[systemName] = name
    return name
  }
}
