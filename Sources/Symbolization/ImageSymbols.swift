/// What one loaded file says about its code, read when it is first asked for.
struct ImageSymbols {
  /// One level of what an address stands for.
  struct Level {
    var systemName: String
    var file = ""
    var line = 0
    var column = 0
    var startLine = 0
    var isInlined = false
    /// Whether this is a stub that jumps to the function of this name in another file.
    var isStub = false
  }

  // Kept, for the tables point into their bytes.
  private let elf: ElfFile
  private let separate: ElfFile?
  private let symbols: [SymbolTable]
  private var linkage: ProcedureLinkage
  private let dwarf: DwarfSections?
  /// Made when an address is first looked up, for it reads the heads of all units; a symbol's value needs none.
  private lazy var debugInformation = dwarf.map { DwarfReader($0) }
  private var closureFamilies: Set<String>?

  /// Opens the file of an image, and the separate debug file that the distribution may have for it.
  init(_ image: LoadedImage) throws(SymbolizationError) {
    let elf = try Self.file(of: image)
    if let buildID = elf.buildID, !image.buildID.isEmpty, buildID != image.buildID {
      throw SymbolizationError(path: image.path, reason: .replaced)
    }
    self.init(elf, separate: SymbolTable(elf, full: true) == nil ? Self.separateDebugFile(of: image) : nil)
  }

  init(_ elf: ElfFile, separate: ElfFile?) {
    self.elf = elf
    self.separate = separate
    symbols = [
      SymbolTable(elf, full: true), separate.flatMap { SymbolTable($0, full: true) }, SymbolTable(elf, full: false),
    ].compactMap { $0 }
    linkage = ProcedureLinkage(elf)
    dwarf = DwarfSections(elf) ?? separate.flatMap { DwarfSections($0) }
  }

  /// The levels of each address of a sorted list without repetitions, innermost first; empty where nothing is known.
  ///
  /// Addresses are those of the file, without the loader's base.
  mutating func levels(at addresses: [UInt64]) -> [[Level]] {
    var names = [String?](repeating: nil, count: addresses.count)
    for table in symbols {
      let missing = addresses.indices.filter { names[$0] == nil }
      let found = table.functions(at: missing.map { addresses[$0] }[...])
      for (slot, symbol) in zip(missing, found) { names[slot] = symbol?.name }
    }
    let described = debugInformation?.levels(at: addresses)
    return addresses.indices.map { slot in
      guard let levels = described?[slot], !levels.isEmpty else {
        if let name = names[slot] { return [Level(systemName: name)] }
        return linkage.callee(at: addresses[slot]).map { [Level(systemName: $0, isStub: true)] } ?? []
      }
      return levels.map { level in
        let function = level.function
        // The symbol table knows the outermost function best when debug information has only a short name for it.
        let symbol = level.isInlined ? nil : names[slot]
        let name = function.linkageName.isEmpty ? symbol ?? function.name : function.linkageName
        return Level(
          systemName: name, file: level.file, line: level.line, column: level.column, startLine: function.line,
          isInlined: level.isInlined)
      }
    }
  }

  /// Whether a function, by its short name, has more than one closure.
  mutating func hasClosures(function: String) -> Bool {
    if closureFamilies == nil {
      // fU_ is the first closure that somebody wrote, fU0_ the second.
      let names = symbols.first?.allNames(containing: "fU0_") ?? []
      let inlined = dwarf?.allNames(containing: "fU0_") ?? []
      let closures = (names + inlined).map { SwiftName(mangled: $0) }.filter { !$0.closures.isEmpty }
      closureFamilies = Set(closures.map(\.name))
    }
    return closureFamilies?.contains(function) == true
  }

  /// What the file says about how it was linked.
  var summary: ElfSummary { ElfSummary(elf) }

  /// The value of the symbol of a name, as `SymbolTable.value(of:)` has it.
  func value(of symbol: String) -> UInt64? {
    for table in symbols {
      if let value = table.value(of: symbol) { return value }
    }
    return nil
  }

  /// The variable that an address of the file lies in.
  func variable(at address: UInt64) -> SymbolTable.Symbol? {
    symbols.lazy.compactMap { $0.variable(at: address) }.first
  }

  /// The variables of a size, as the first table that has any names them.
  func variables(ofSize size: UInt64) -> [SymbolTable.Symbol] {
    symbols.lazy.map { $0.variables(ofSize: size) }.first { !$0.isEmpty } ?? []
  }

  private static func file(of image: LoadedImage) throws(SymbolizationError) -> ElfFile {
    // The kernel's own image has no file; its sections are in memory, in whole pages.
    if image.isOfThisProcess, image.path.hasPrefix("linux-vdso"),
      let start = UnsafeRawPointer(bitPattern: UInt(image.base))
    {
      let size = (Int(image.end - image.base) + 4095) & ~4095
      return try ElfFile(MappedFile(path: image.path, borrowing: UnsafeRawBufferPointer(start: start, count: size)))
    }
    return try ElfFile(MappedFile(path: path(of: image)))
  }

  /// Where the file of an image is read.
  private static func path(of image: LoadedImage) -> String {
    // This name leads to the program even after its file was deleted or moved.
    image.isMainProgram && image.isOfThisProcess ? "/proc/thread-self/exe" : image.path
  }

  /// Which file the image is now; nil if it has none.
  static func identity(of image: LoadedImage) -> FileIdentity? { FileIdentity(path: path(of: image)) }

  /// Which file was read; nil if it was memory.
  var identity: FileIdentity? { elf.file.identity }

  private static func separateDebugFile(of image: LoadedImage) -> ElfFile? {
    guard let path = BuildID.debugFile(for: image.buildID), let file = try? MappedFile(path: path) else { return nil }
    return try? ElfFile(file)
  }
}
