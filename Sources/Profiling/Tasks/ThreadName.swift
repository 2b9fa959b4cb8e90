import Platform

/// What the kernel calls a thread of this process; empty if it has ended.
func threadName(_ id: Int32) -> String {
  guard let file = fopen("/proc/self/task/\(id)/comm", "re") else { return "" }
  defer { fclose(file) }
  return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
    guard let line = fgets(buffer.baseAddress, Int32(buffer.count), file) else { return "" }
    return String(String(cString: line).prefix { $0 != "\n" })
  }
}
