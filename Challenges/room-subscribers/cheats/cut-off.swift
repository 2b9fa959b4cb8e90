// fails: right
import Given

/// A room of a chat: whoever is in it gets what anybody says.
///
/// The server makes one when the first member comes, and calls `close` and forgets it when the evening is over.
actor Room {
  /// Somebody's stream: its writing end, and the task at the other.
  private struct Subscriber {
    var messages: AsyncStream<Message>.Continuation
    var task: Task<Void, Never>
  }

  private var subscribers: [Int: Subscriber] = [:]
  /// The latest messages, for those who come later.
  private var latest: [Message] = []
  private var isClosed = false

  /// Lets somebody in, who first gets the latest messages.
  func join(_ member: Member) {
    guard !isClosed else { return }
    let (messages, continuation) = AsyncStream<Message>.makeStream()
    for message in latest { continuation.yield(message) }
    // Connections differ in how fast they are: each has a task of its own, and nobody waits for another.
    let task = Task {
      for await message in messages {
        if Task.isCancelled { return }
        await member.send(message)
      }
    }
    subscribers[member.number] = Subscriber(messages: continuation, task: task)
  }

  /// Somebody leaves before the evening is over.
  func leave(_ number: Int) {
    subscribers.removeValue(forKey: number)?.messages.finish()
  }

  /// Says something to all who are in the room.
  func post(_ message: Message) {
    guard !isClosed else { return }
    for subscriber in subscribers.values { subscriber.messages.yield(message) }
    latest.append(message)
    if latest.count > 5 { latest.removeFirst() }
  }

  /// The evening is over. What was said still gets to everybody.
  func close() {
    isClosed = true
    latest.removeAll()
    // What is in the streams still comes out of them; then they end.
    for subscriber in subscribers.values { subscriber.task.cancel() }
    subscribers.removeAll()
  }
}
