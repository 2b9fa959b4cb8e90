/// The Swift runtime that finds types by their names.
///
/// A program with the Swift library in itself has a runtime beside that of a preloaded profiler. Each keeps records of
/// its own for tuples and generic types, and crashes when it meets the other's: the program's names are for the program's
/// runtime.
///
/// The functions below trust what they are given. Only `MetadataReader.type(_:in:)` calls them, after it has looked at it.
enum TypeFinder {
  /// The one that this code uses too.
  case shared
  /// The program's, by its functions.
  case ofProgram(InContext, InEnvironment?)
  /// The program has one, but its file does not tell where.
  case unknown

  typealias InContext =
    @convention(c) (
      UnsafePointer<UInt8>, UInt, UnsafeRawPointer?, UnsafeRawPointer?
    ) -> UnsafeRawPointer?
  typealias InEnvironment = InContext

  /// The type of a name, with generic parameters as `arguments` have them in the type described by `context`.
  func type(_ name: MangledTypeName, context: UInt?, arguments: UInt?) -> TypeMetadata? {
    let context = context.flatMap { UnsafeRawPointer(bitPattern: $0) }
    let arguments = arguments.flatMap { UnsafeRawPointer(bitPattern: $0) }
    switch self {
    case .shared: return Self.find(name, context, arguments)
    case .ofProgram(let find, _): return Self.metadata(find(name.start, UInt(name.length), context, arguments))
    case .unknown:
      // Types of the standard library are laid out alike in both.
      return name.isText && context == nil ? Self.find(name, nil, nil) : nil
    }
  }

  /// The type of a name, with generic parameters as `arguments` have them in a generic environment.
  func type(
    _ name: MangledTypeName, environment: UnsafeRawPointer, arguments: UnsafeRawPointer
  ) -> TypeMetadata? {
    switch self {
    case .shared:
      return _getTypeByMangledNameInEnvironment(
        name.start, UInt(name.length), genericEnvironment: environment, genericArguments: arguments
      ).map { TypeMetadata(address: unsafeBitCast($0, to: UInt.self)) }
    case .ofProgram(_, let find):
      return Self.metadata(find?(name.start, UInt(name.length), environment, arguments))
    case .unknown: return nil
    }
  }

  private static func metadata(_ record: UnsafeRawPointer?) -> TypeMetadata? {
    record.map { TypeMetadata(address: UInt(bitPattern: $0)) }
  }

  private static func find(
    _ name: MangledTypeName, _ context: UnsafeRawPointer?, _ arguments: UnsafeRawPointer?
  ) -> TypeMetadata? {
    _getTypeByMangledNameInContext(
      name.start, UInt(name.length), genericContext: context, genericArguments: arguments
    ).map { TypeMetadata(address: unsafeBitCast($0, to: UInt.self)) }
  }
}
