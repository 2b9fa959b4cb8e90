/// What a server of profiles gives its clients at most.
public struct DebugServerLimits: Sendable, Hashable {
  /// Connections at once. For one more the connection that has been idle for the longest is closed.
  public var connections = 256
  /// Captures that are under way at once.
  public var captures = 64
  /// Bytes of answers that clients have not taken yet; short ones are sent nevertheless, and a long one if it is the only one.
  public var pendingBytes = 64 << 20
  /// Bytes of an answer that the system keeps for each connection, about: it would have some megabytes.
  public var sendBuffer = 256 << 10
  /// Dumps of tasks that are being sent at once: each keeps what was collected of all tasks until it is sent.
  public var dumps = 4
  /// How long a request may take to arrive whole, and a client may take nothing of an answer.
  public var patience = Duration.seconds(30)
  /// How long a connection may be idle between two requests.
  public var idleness = Duration.seconds(120)

  /// What suits a few scrapers and people.
  public init() {}
}
