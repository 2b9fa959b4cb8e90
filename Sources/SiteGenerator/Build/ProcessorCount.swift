import Platform

enum ProcessorCount {
  /// The processors this process may use.
  static let online = Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
}
