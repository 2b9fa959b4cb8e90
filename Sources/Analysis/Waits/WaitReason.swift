import Pprof

/// What somebody waited for, as a label of a block profile or of a mutex profile says it.
public struct WaitReason: Sendable, Hashable {
  /// The label's value, e.g. `Mutex` or `continuation`; nil if the profile does not say.
  public let name: String?

  /// The reason of a sample's waits.
  init(_ sample: Sample) { name = (sample.labels["waits"] ?? sample.labels["lock"])?.first }

  /// The reason in words that go on from a time: `1.25s waiting on a Mutex`.
  public var words: String {
    switch name {
    case nil: "waiting"
    case "sleep"?: "asleep"
    // It could have gone on at once, but for a thread.
    case "pool"?: Self.ready
    case "yield"?: "letting others run"
    case "actor"?: "waiting on an actor"
    case "observations"?: "waiting on Observations"
    case "executor"?: "waiting on an executor"
    case "MainActor"?: "waiting on the MainActor"
    case "thread"?: "waiting for a thread to end"
    case "process"?: "waiting for a process to end"
    case "poll"?: "waiting for events"
    case "read"?: "waiting to read"
    case "write"?: "waiting to write"
    case let name?: "waiting on a \(name)"
    }
  }

  /// What was no wait any more: it was over, and who waited had no thread to go on with.
  static let ready = "ready, for want of a thread"
}
