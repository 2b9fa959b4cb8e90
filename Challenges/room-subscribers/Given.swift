import Synchronization

/// What somebody said in a room.
public struct Message: Sendable, Hashable {
  /// Who said it.
  public let author: Int
  /// What.
  public let text: String

  /// A message.
  public init(author: Int, text: String) { (self.author, self.text) = (author, text) }
}

/// The connection of somebody who is in a room. It is closed when nobody holds it any more.
public final class Member: Sendable {
  /// The member's number.
  public let number: Int
  private let floor: Floor
  private let sent = Mutex<[Message]>([])

  /// The connection of somebody who comes.
  @_spi(Judge) public init(number: Int, on floor: Floor) {
    self.number = number
    self.floor = floor
    floor.open.add(1, ordering: .relaxed)
  }

  deinit {
    let all = sent.withLock { $0 }
    floor.heard.withLock { $0[number] = all }
    floor.open.subtract(1, ordering: .relaxed)
  }

  /// Sends a message over the connection, which may take a moment.
  public func send(_ message: Message) async {
    await Task.yield()
    sent.withLock { $0.append(message) }
    floor.sent.add(1, ordering: .relaxed)
  }

  /// What was sent so far.
  @_spi(Judge) public var messages: [Message] { sent.withLock { $0 } }
}

/// All connections of a round, counted.
@_spi(Judge) public final class Floor: Sendable {
  let open = Atomic(0)
  let sent = Atomic(0)
  let heard = Mutex<[Int: [Message]]>([:])

  /// A floor that nobody is on.
  public init() {}

  /// Connections that are open.
  public var connectionsOpen: Int { open.load(ordering: .relaxed) }
  /// Messages that were sent.
  public var messagesSent: Int { sent.load(ordering: .relaxed) }
  /// What was sent over connections that are closed, by the member's number.
  public var heardByThoseGone: [Int: [Message]] { heard.withLock { $0 } }
}
