import Dispatch
import Platform

/// Threads that do nothing: they wait until they are let go.
final class Crowd {
  private let gate = DispatchSemaphore(value: 0)
  private var threads: [pthread_t] = []

  /// How many there are: fewer than asked for, if the system gives no more.
  var count: Int { threads.count }

  /// Makes so many, and waits until all wait.
  init(_ wanted: Int) {
    let arrived = DispatchSemaphore(value: 0)
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setstacksize(&attributes, 128 << 10)
    defer { pthread_attr_destroy(&attributes) }
    for _ in 0..<wanted {
      var thread = pthread_t()
      let member = Unmanaged.passRetained(Member(arrived: arrived, gate: gate))
      let error = pthread_create(
        &thread, &attributes,
        { argument in
          guard let argument else { return nil }
          let member = Unmanaged<Member>.fromOpaque(argument).takeRetainedValue()
          member.arrived.signal()
          member.gate.wait()
          return nil
        }, member.toOpaque())
      guard error == 0 else {
        member.release()
        break
      }
      threads.append(thread)
    }
    for _ in threads { arrived.wait() }
  }

  /// Lets them go, and waits until all are gone.
  func disperse() {
    for _ in threads { gate.signal() }
    for thread in threads { pthread_join(thread, nil) }
    threads = []
  }

  private final class Member: Sendable {
    let arrived: DispatchSemaphore
    let gate: DispatchSemaphore
    init(arrived: DispatchSemaphore, gate: DispatchSemaphore) { (self.arrived, self.gate) = (arrived, gate) }
  }
}
