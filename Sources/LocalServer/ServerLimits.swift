/// What a server gives its clients at most.
public struct ServerLimits: Sendable, Hashable {
  /// Bytes of a request's first line and headers.
  public var head = 16 << 10
  /// Bytes of what is sent with a request.
  public var body = 64 << 10
  /// Connections at once. For one more the connection that has been idle for the longest is closed.
  public var connections = 256
  /// How long a request may take to arrive whole, a connection may be idle, and a client may take nothing of an answer.
  public var patience = Duration.seconds(30)
  /// How long answers on their way have when the server ends.
  public var farewell = Duration.seconds(2)

  /// What suits a person with a browser.
  public init() {}
}
