import Platform

#if !PLANT_ONLY
  import Leaks
  import Profiling

  /// A program whose main thread ends before the others.
  enum MainThread {
    /// Ends this thread; another goes on, makes the report when this is over, and ends the program.
    static func leave() -> Never {
      var thread = pthread_t()
      pthread_create(
        &thread, nil,
        { _ -> UnsafeMutableRawPointer? in
          while !MainThread.isOver { usleep(1000) }
          do { print(try LeakDetector.report(), terminator: "") } catch { print("error: \(error)") }
          fflush(nil)
          _exit(0)
        }, nil)
      pthread_exit(nil)
    }

    /// The main thread's id is that of the process; the kernel keeps it as a zombie until all others have ended.
    private static var isOver: Bool {
      guard let file = fopen("/proc/self/task/\(getpid())/stat", "r") else { return false }
      defer { fclose(file) }
      var line = [UInt8](repeating: 0, count: 512)
      let count = fread(&line, 1, line.count, file)
      let text = String(decoding: line.prefix(count), as: UTF8.self)
      guard let end = text.lastIndex(of: ")") else { return false }
      return text[end...].dropFirst(2).first == "Z"
    }
  }
#endif
