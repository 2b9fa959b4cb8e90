/// What a function is for, so that a profile can fold what nobody wrote.
public enum FunctionRole: String, Sendable, Hashable, CaseIterable {
  /// A function, method, accessor, initializer or deinitializer that stands in the source.
  case function
  /// A closure, `defer` block or autoclosure; its name is that of the function it stands in.
  case closure
  /// A part of an asynchronous function between two suspensions; its name is that of the function.
  case asyncFunclet
  /// Glue that only calls another function; its name is that of the callee where that is known.
  case thunk
  /// Code the compiler made to copy, destroy or describe values: outlined copies, value witnesses, metadata accessors.
  case compilerMade
  /// A function of C or C++, or any other name that is not Swift's.
  case foreign
}
