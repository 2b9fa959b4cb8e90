import Platform

/// Runs work on a thread that then ends, so that none of its stack or registers refers to what the work left behind.
func onAnotherThread(_ work: @escaping () -> Void) {
  let argument = Unmanaged.passRetained(Work(work)).toOpaque()
  var thread = pthread_t()
  let status = pthread_create(
    &thread, nil,
    { argument in
      guard let argument else { return nil }
      Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
      return nil
    }, argument)
  precondition(status == 0)
  pthread_join(thread, nil)
}

private final class Work {
  let body: () -> Void
  init(_ body: @escaping () -> Void) { self.body = body }
}

/// Called on the main thread: waits until all tasks have come to their last suspension and all other threads sleep.
func settle() {
  while tasksOnTheWay.load(ordering: .relaxed) > 0 { usleep(1000) }
  var quiet = 0
  while quiet < 5 {
    usleep(2000)
    quiet = allOthersSleep() ? quiet + 1 : 0
  }
}

private func allOthersSleep() -> Bool {
  guard let directory = opendir("/proc/self/task") else { return true }
  defer { closedir(directory) }
  while let entry = readdir(directory) {
    let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    guard let thread = Int32(name), thread != getpid() else { continue }
    guard let file = fopen("/proc/self/task/\(name)/stat", "r") else { continue }
    defer { fclose(file) }
    var line = [UInt8](repeating: 0, count: 512)
    let count = fread(&line, 1, line.count, file)
    let text = String(decoding: line.prefix(count), as: UTF8.self)
    // "pid (name) state …"
    if let end = text.lastIndex(of: ")"), text[end...].dropFirst(2).first != "S" { return false }
  }
  return true
}
