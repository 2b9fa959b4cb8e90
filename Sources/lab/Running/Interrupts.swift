import Dispatch
import Glibc

/// Does something before the process ends on Ctrl-C or a polite kill, for as long as it is held.
final class Interrupts {
  private let sources: [any DispatchSourceSignal]

  /// `cleanUp` runs on a thread of its own while the rest of the process goes on; then the process ends with 128 + signal.
  init(cleanUp: @escaping @Sendable () -> Void) {
    sources = [SIGINT, SIGTERM, SIGHUP].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        cleanUp()
        _exit(128 + number)
      }
      source.resume()
      return source
    }
  }

  deinit {
    for source in sources { source.cancel() }
    for number in [SIGINT, SIGTERM, SIGHUP] { signal(number, SIG_DFL) }
  }
}
