import CProfiler

/// The half of the profiler that is written in C: the sampler, the allocation hooks, the leak scan.
///
/// Where it is missing its functions do nothing, and answers mean nothing: whoever begins something asks first.
enum CHalf {
  /// Whether there is one: it is for Linux on x86_64 and arm64 with glibc.
  static var isPresent: Bool { lab_engine_is_present() != 0 }

  /// Why nothing can be recorded without it.
  static let absence = "this platform has no profiler yet: it is for Linux on x86_64 and arm64, with glibc"
}
