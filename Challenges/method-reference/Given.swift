import Synchronization

/// A piece of sound, as it comes over the line.
public struct Frame: Sendable {
  /// Its place in the broadcast, from 0.
  public let number: Int
  /// How loud it is, 0 to 255.
  public let level: Int

  /// A frame.
  @_spi(Judge) public init(number: Int, level: Int) { (self.number, self.level) = (number, level) }
}

/// A listener's connection to the broadcast. Whoever holds it hears each frame as it comes in, which may be in another
/// order than it was sent; some never come.
public final class Socket {
  /// Is called with each frame, until the socket is gone. The network does not know who has hung up: a frame that was on
  /// its way still comes.
  public var onFrame: ((Frame) -> Void)?

  /// A socket that nobody listens to yet.
  @_spi(Judge) public init() { Judge.sockets.add(1, ordering: .relaxed) }
  deinit { Judge.sockets.subtract(1, ordering: .relaxed) }

  /// Has a frame come in.
  @_spi(Judge) public func deliver(_ frame: Frame) { onFrame?(frame) }
}

/// What is counted of it.
@_spi(Judge) public enum Judge {
  static let sockets = Atomic(0)
  /// Sockets that are alive.
  public static var socketsAlive: Int { sockets.load(ordering: .relaxed) }
}
