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
  /// The files that could not be read, so that their functions have no names.
  public private(set) var problems: [SymbolizationError] = []

  private let cache: SymbolCache?
  private let byAddress: [Int]
  private var files: [Int: ImageSymbols?] = [:]
  private var names: [String: (SwiftName, CodeOrigin?)] = [:]
  private var known: [UInt64: [SymbolizedFrame]] = [:]

  /// Takes these files for loaded, the program first; those loaded now, if none are given. No two of them may overlap.
  ///
  /// What the cache knows is not read again, and what is read it knows from then on.
  public init(images: [LoadedImage]? = nil, cache: SymbolCache? = nil) {
    // Taken first: what is loaded meanwhile belongs to the next.
    let generation = cache.map { _ in LoadedImage.generation() }
    let images = images ?? LoadedImage.all()
    self.images = images
    self.cache = cache
    byAddress = images.indices.sorted { images[$0].start < images[$1].start }
    if let generation { cache?.keepOnly(images, generation) }
  }

  /// The functions at each address, innermost inlined function first; an empty list where nothing is known.
  ///
  /// Addresses are looked up as they are: of a return address, the caller subtracts one before. An address is looked up
  /// once in the life of a symbolizer.
  public mutating func symbolize(_ addresses: [UInt64]) -> [[SymbolizedFrame]] {
    var wanted: [Int: [UInt64]] = [:]
    for address in Set(addresses).subtracting(known.keys).sorted() {
      guard let image = image(at: address) else { continue }
      wanted[image, default: []].append(address)
    }
    for (image, addresses) in wanted.sorted(by: { $0.key < $1.key }) {
      let unknown = recall(addresses, from: image)
      if !unknown.isEmpty { read(unknown, from: image) }
    }
    return addresses.map { known[$0] ?? [] }
  }

  /// The image whose code holds an address, as an index into `images`; nil when none does.
  ///
  /// Complexity: O(log *n*) for *n* images.
  public func image(at address: UInt64) -> Int? {
    var low = 0
    var high = byAddress.count
    while low < high {
      let middle = low + (high - low) / 2
      if images[byAddress[middle]].start <= address { low = middle + 1 } else { high = middle }
    }
    guard low > 0, address < images[byAddress[low - 1]].end else { return nil }
    return byAddress[low - 1]
  }

  /// Whose the code at an address is, as far as the file tells that it lies in; the program's own, if it lies in none.
  public func origin(at address: UInt64) -> CodeOrigin {
    guard let image = image(at: address).map({ images[$0] }), !image.isMainProgram else { return .app }
    return CodeOrigin.ofLibrary(image.path)
  }

  /// What the program's own file says about how it was linked; nil if it cannot be read.
  public mutating func programSummary() -> ElfSummary? { program()?.symbols.summary }

  /// The address in this process of a function or variable of the program itself, exported or not; nil if its file does
  /// not tell.
  public mutating func address(ofProgramSymbol systemName: String) -> UInt64? {
    program().flatMap { program in program.symbols.value(of: systemName).map { $0 &+ program.base } }
  }

  /// Where a thread-local variable of the program lies in the storage that each thread has for it, in bytes; nil if its
  /// file does not tell.
  public mutating func offset(ofProgramThreadLocal systemName: String) -> UInt64? {
    program()?.symbols.value(of: systemName)
  }

  /// The variable of the program itself that an address of this process lies in: its name, and where it begins. Nil if
  /// its file does not tell.
  public mutating func programVariable(at address: UInt64) -> (systemName: String, start: UInt64)? {
    guard let program = program(), let found = program.symbols.variable(at: address &- program.base) else { return nil }
    return (found.name, found.address &+ program.base)
  }

  /// The variables of the program itself that take so many bytes.
  public mutating func programVariables(ofSize size: UInt64) -> [(systemName: String, start: UInt64)] {
    guard let program = program() else { return [] }
    return program.symbols.variables(ofSize: size).map { ($0.name, $0.address &+ program.base) }
  }

  /// Where a thread-local variable of the file that has this address in its code lies in the storage that each thread has
  /// for that file, in bytes; nil if the file does not tell.
  public mutating func offset(ofThreadLocal systemName: String, inImageAt address: UInt64) -> UInt64? {
    image(at: address).flatMap { symbols(of: $0) }?.value(of: systemName)
  }

  private mutating func program() -> (symbols: ImageSymbols, base: UInt64)? {
    guard let index = images.firstIndex(where: \.isMainProgram) else { return nil }
    return symbols(of: index).map { ($0, images[index].base) }
  }

  /// Takes what the cache has of these addresses and returns the others.
  private mutating func recall(_ addresses: [UInt64], from index: Int) -> [UInt64] {
    guard let cache else { return addresses }
    let image = images[index]
    let found = cache.frames(at: addresses, of: CachedImage(image, ImageSymbols.identity(of: image)))
    for (address, frames) in found {
      known[address] = frames.map { frame in
        var frame = frame
        frame.image = index
        return frame
      }
    }
    return addresses.filter { found[$0] == nil }
  }

  private mutating func read(_ addresses: [UInt64], from index: Int) {
    let image = images[index]
    guard var symbols = symbols(of: index) else { return }
    let levels = symbols.levels(at: addresses.map { $0 &- image.base })
    let fileOrigin = origin(at: image.start)
    for (address, levels) in zip(addresses, levels) {
      var frames = levels.map { level in
        let (name, module) = name(of: level.systemName)
        let isOneOfMany =
          name.closures.contains { $0 > 1 } || !name.closures.isEmpty && symbols.hasClosures(function: name.name)
        // In the program itself the name may tell that a function is a library's.
        let origin = fileOrigin == .app && !level.isStub ? module ?? .app : fileOrigin
        return SymbolizedFrame(
          name: isOneOfMany ? name.apart : name.name,
          systemName: level.isStub ? level.systemName + "@plt" : level.systemName, file: level.file, line: level.line,
          column: level.column, startLine: level.startLine, isInlined: level.isInlined,
          role: level.isStub ? .thunk : name.role, origin: origin, image: index)
      }
      for outer in frames.indices.dropFirst() where frames[outer].wraps(frames[outer - 1]) {
        frames[outer].role = .thunk
      }
      known[address] = frames
    }
    files[index] = symbols
    cache?.add(addresses.map { ($0, known[$0] ?? []) }, of: CachedImage(image, symbols.identity))
  }

  private mutating func symbols(of index: Int) -> ImageSymbols? {
    if let known = files[index] { return known }
    var symbols: ImageSymbols?
    do {
      symbols = try ImageSymbols(images[index])
    } catch {
      problems.append(error)
    }
    files[index] = .some(symbols)
    return symbols
  }

  private mutating func name(of systemName: String) -> (SwiftName, CodeOrigin?) {
    if let known = names[systemName] { return known }
    let name = (SwiftName(mangled: systemName), CodeOrigin.ofStaticallyLinked(systemName))
    names[systemName] = name
    return name
  }
}
