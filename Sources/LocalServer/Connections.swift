import NIOCore
import Synchronization

/// The open connections of a server, so many at most.
final class Connections: Sendable {
  private struct Entry {
    var channel: any Channel
    /// Since when it has been idle; nil while it is answered.
    var idleSince: NIODeadline?
  }

  private struct State {
    var entries: [ObjectIdentifier: Entry] = [:]
    var isClosing = false
  }

  private let limit: Int
  private let state = Mutex(State())

  init(limit: Int) { self.limit = limit }

  var count: Int { state.withLock { $0.entries.count } }

  /// Takes a connection in; false if there is no room. Clients that say nothing never keep others out: room is made by
  /// closing what has been idle for the longest.
  func admit(_ channel: any Channel) -> Bool {
    let (isAdmitted, leaving) = state.withLock { state -> (Bool, (any Channel)?) in
      if state.isClosing { return (false, nil) }
      var leaving: (any Channel)?
      if state.entries.count >= limit {
        let idle = state.entries.filter { $0.value.idleSince != nil }
        guard let oldest = idle.min(by: { ($0.value.idleSince ?? .now()) < ($1.value.idleSince ?? .now()) }) else {
          return (false, nil)
        }
        leaving = state.entries.removeValue(forKey: oldest.key)?.channel
      }
      state.entries[ObjectIdentifier(channel)] = Entry(channel: channel, idleSince: .now())
      return (true, leaving)
    }
    leaving?.close(promise: nil)
    return isAdmitted
  }

  func remove(_ channel: any Channel) {
    state.withLock { $0.entries[ObjectIdentifier(channel)] = nil }
  }

  /// Notes that a connection is being answered, or that it is idle from now on.
  func note(_ channel: any Channel, isIdle: Bool) {
    state.withLock { $0.entries[ObjectIdentifier(channel)]?.idleSince = isIdle ? .now() : nil }
  }

  /// Takes no more in and closes what is idle, or all.
  func close(onlyIdle: Bool) {
    let channels = state.withLock { state in
      state.isClosing = true
      return state.entries.values.filter { !onlyIdle || $0.idleSince != nil }.map(\.channel)
    }
    channels.forEach { $0.close(promise: nil) }
  }

  /// Whether the server is ending, so that a connection closes after its answer.
  var isClosing: Bool { state.withLock { $0.isClosing } }
}
