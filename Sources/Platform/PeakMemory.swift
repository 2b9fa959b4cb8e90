/// The most memory this process ever had resident, in bytes.
public func peakResidentBytes() -> Int {
  var usage = rusage()
  #if canImport(Glibc)
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  #else
    getrusage(RUSAGE_SELF, &usage)
  #endif
  #if canImport(Darwin)
    return usage.ru_maxrss
  #else
    // In units of 1,024 bytes.
    return usage.ru_maxrss * 1024
  #endif
}
