import Foundation
import Platform

/// Does something before the process ends on Ctrl-C or a polite kill, for as long as it is held. One at a time.
///
/// The handler only writes to a pipe, whose other end a thread reads: it stands from the first line of `init`, so that
/// no signal is missed while queues and sources are still being set up.
final class Interrupts {
  private static let signals = [SIGINT, SIGTERM, SIGHUP]
  /// Where the handler writes the signal's number; -1 if nowhere.
  nonisolated(unsafe) private static var pipe: Int32 = -1

  /// `cleanUp` runs on a thread of its own while the rest of the process goes on; then the process ends.
  /// - Parameter exitCode: what it ends with; nil for 128 + signal.
  init(exitCode: Int32? = nil, cleanUp: @escaping @Sendable () -> Void) {
    var ends: [Int32] = [-1, -1]
    guard Platform.pipe(&ends) == 0 else { return }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    Self.pipe = ends[1]
    for number in Self.signals {
      signal(number) { number in
        var byte = UInt8(truncatingIfNeeded: number)
        write(Interrupts.pipe, &byte, 1)
      }
    }
    let reader = ends[0]
    Thread.detachNewThread {
      // The one thread that surely takes them: those of libdispatch block all signals, the main thread's last one too.
      var wanted = sigset_t()
      sigemptyset(&wanted)
      for number in Self.signals { sigaddset(&wanted, number) }
      pthread_sigmask(SIG_UNBLOCK, &wanted, nil)
      var byte: UInt8 = 0
      var count = read(reader, &byte, 1)
      while count < 0, errno == EINTR { count = read(reader, &byte, 1) }
      close(reader)
      guard count == 1 else { return }
      cleanUp()
      _exit(exitCode ?? 128 + Int32(byte))
    }
  }

  deinit {
    for number in Self.signals { signal(number, SIG_DFL) }
    // The reader meets the end of the pipe.
    if Self.pipe >= 0 { close(Self.pipe) }
    Self.pipe = -1
  }
}
