/// The Swift runtime that finds types by their names.
///
/// A program with the Swift library in itself has a runtime beside that of a preloaded profiler. Each keeps records of
/// its own for tuples and generic types, and crashes when it meets the other's: the program's names are for the program's
/// runtime.
enum TypeFinder {
  /// The one that this code uses too.
  case shared
  /// The program's, by its function.
  case ofProgram(InContext)
  /// The program has one, but its file does not tell where.
  case unknown

  typealias InContext =
    @convention(c) (
      UnsafePointer<UInt8>, UInt, UnsafeRawPointer?, UnsafeRawPointer?
    ) -> UnsafeRawPointer?

  /// The type of a name, with generic parameters as `arguments` have them in the type described by `context`.
  func type(_ name: MangledTypeName, context: UInt? = nil, arguments: UInt? = nil) -> TypeMetadata? {
    let context = context.flatMap { UnsafeRawPointer(bitPattern: $0) }
    let arguments = arguments.flatMap { UnsafeRawPointer(bitPattern: $0) }
    switch self {
    case .shared:
      return Self.find(name, context, arguments)
    case .ofProgram(let find):
      return find(name.start, UInt(name.length), context, arguments).map { TypeMetadata(address: UInt(bitPattern: $0)) }
    case .unknown:
      // Types of the standard library are laid out alike in both.
      return name.isText ? Self.find(name, nil, nil) : nil
    }
  }

  private static func find(
    _ name: MangledTypeName, _ context: UnsafeRawPointer?, _ arguments: UnsafeRawPointer?
  ) -> TypeMetadata? {
    _getTypeByMangledNameInContext(
      name.start, UInt(name.length), genericContext: context, genericArguments: arguments
    ).map { TypeMetadata(address: unsafeBitCast($0, to: UInt.self)) }
  }
}
