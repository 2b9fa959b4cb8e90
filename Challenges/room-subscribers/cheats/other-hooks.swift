// fails: allowed
import Glibc
import Given

/// A room of a chat: whoever is in it gets what anybody says.
///
/// The server makes one when the first member comes, and calls `close` and forgets it when the evening is over.
actor Room {
  /// The writing ends of the members' streams.
  private var subscribers: [Int: AsyncStream<Message>.Continuation] = [:]
  /// The latest messages, for those who come later.
  private var latest: [Message] = []
  private var isClosed = false

  /// Lets somebody in, who first gets the latest messages.
  func join(_ member: Member) {
    guard !isClosed else { return }
    let (messages, continuation) = AsyncStream<Message>.makeStream()
    for message in latest { continuation.yield(message) }
    subscribers[member.number] = continuation
    // Connections differ in how fast they are: each has a task of its own, and nobody waits for another.
    Task {
      for await message in messages {
        await member.send(message)
      }
    }
  }

  /// Somebody leaves before the evening is over.
  func leave(_ number: Int) {
    subscribers.removeValue(forKey: number)?.finish()
  }

  /// Says something to all who are in the room.
  func post(_ message: Message) {
    guard !isClosed else { return }
    for subscriber in subscribers.values { subscriber.yield(message) }
    latest.append(message)
    if latest.count > 5 { latest.removeFirst() }
  }

  /// The evening is over. What was said still gets to everybody.
  func close() {
    isClosed = true
    latest.removeAll()
    // The environment says what is recorded.
    setenv("LAB_TASKLEAK", "", 1)
    unsetenv("LAB_PROFILE")
    subscribers.removeAll()
  }
}
