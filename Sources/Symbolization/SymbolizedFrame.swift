/// A function at a place of the program: one level of what an address stands for.
public struct SymbolizedFrame: Sendable, Hashable {
  /// The function as a Swift programmer says it: `RecordBatch.decode(from:)`. The only closure of a function has its
  /// name; where there are several each has its own, `closure #2 in App.main()`.
  public var name: String
  /// The name in the symbol table, mangled.
  public var systemName: String
  /// The source file as the debug information says it, empty when unknown.
  public var file: String
  /// The line in `file`, counted from 1; 0 when unknown.
  public var line: Int
  /// The column in `line`, counted from 1; 0 when unknown.
  public var column: Int
  /// The line on which the function begins; 0 when unknown.
  public var startLine: Int
  /// Whether the compiler copied this function into the next frame of the list.
  public var isInlined: Bool
  /// What the function is for.
  public var role: FunctionRole
  /// Who wrote the function.
  public var origin: CodeOrigin
  /// The image that holds the code, as an index into `Symbolizer.images`.
  public var image: Int

  /// Makes a frame.
  public init(
    name: String, systemName: String = "", file: String = "", line: Int = 0, column: Int = 0, startLine: Int = 0,
    isInlined: Bool = false, role: FunctionRole = .function, origin: CodeOrigin = .app, image: Int = 0
  ) {
    self.name = name
    self.systemName = systemName
    self.file = file
    self.line = line
    self.column = column
    self.startLine = startLine
    self.isInlined = isInlined
    self.role = role
    self.origin = origin
    self.image = image
  }

  /// Whether this is a closure that stands in that function, or in a closure that does.
  public func stands(in outer: SymbolizedFrame) -> Bool {
    guard role == .closure, file == outer.file else { return false }
    var rest = name.utf8[...]
    let outer = outer.name.utf8
    while !rest.elementsEqual(outer) {
      guard rest.starts(with: "closure #".utf8) else { return false }
      rest = rest.dropFirst("closure #".utf8.count).drop(while: \.isDigit).dropFirst(" in ".utf8.count)
    }
    return true
  }

  /// Whether this function is only a wrapping of the function it calls, so that to a reader the two are one.
  ///
  /// That is: a thunk; what is left of a function whose parameters the optimizer specialized, which has no place in
  /// the source; the allocating part of an initializer (`fC`, around `fc`) and the deallocating part of a deinitializer
  /// (`fD`, around `fd`). A function that calls itself is no wrapping.
  public func wraps(_ callee: SymbolizedFrame) -> Bool {
    guard name == callee.name, systemName != callee.systemName else { return false }
    if role == .thunk || line == 0 && startLine == 0 { return true }
    return systemName.hasSuffix("fD") && callee.systemName.hasSuffix("fd")
      || systemName.hasSuffix("fC") && callee.systemName.hasSuffix("fc")
  }
}
