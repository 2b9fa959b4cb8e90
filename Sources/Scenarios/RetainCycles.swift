import ScenarioRunning

/// Sessions of a chat server that should end when their connection does.
///
/// The fault: five ways to keep each other alive, each of which looks harmless where it stands.
enum RetainCycles {
  static let scenario = Scenario(
    id: "retain-cycles",
    title: "Sessions that keep themselves alive, in five ways",
    question: "Every session is closed and every variable gone. Which objects are still there, and who holds them?",
    parameters: [
      Parameter("sessions", "sessions of each shape", standard: 200, range: 1...10_000)
    ],
    profiles: [.leaks], program: program)

  private static func program(_ variant: Scenario.Variant, _ arguments: Arguments) throws -> Program {
    let sessions = arguments["sessions"]
    return Program {
      // A thread of its own for the sessions: what it leaves on its stack goes with it.
      let sum = await Task.detached { ChatServer(isFaulty: variant == .faulty).serve(sessions) }.value
      var digest = Digest()
      digest.add(sum)
      let planted = variant == .faulty ? Double(sessions) : 0
      return Outcome(
        output: digest.text,
        truth: ["closure", "delegate", "tree", "heartbeat", "work"].map {
          Truth(
            "\($0)-cycles", planted, isTotal: true,
            basis: "one for each session of that shape, counted while making them")
        })
    }
  }
}

// lesson: begin closure
/// A connection that tells somebody when it closes.
private final class Connection {
  var onClose: (() -> Void)?
  var isOpen = true

  func close() {
    isOpen = false
    onClose?()
  }
}

/// A session that wants to know when its connection closes.
private final class Session {
  let connection = Connection()
  var closed = 0

  // lesson: begin strong
  func start() { connection.onClose = { self.closed += 1 } }
  // lesson: end strong
  // lesson: begin weak
  func startWeakly() { connection.onClose = { [weak self] in self?.closed += 1 } }
  // lesson: end weak
}
// lesson: end closure

// lesson: begin delegate
private protocol RoomDelegate: AnyObject { func roomDidChange() -> Int }

/// A room that reports to a delegate.
private final class Room {
  var delegate: (any RoomDelegate)?
  weak var weakDelegate: (any RoomDelegate)?

  func change() -> Int { (delegate ?? weakDelegate)?.roomDidChange() ?? 0 }
}

/// The delegate, which owns the room.
private final class RoomController: RoomDelegate {
  let room = Room()
  private var changes = 0

  func roomDidChange() -> Int {
    changes += 1
    return changes
  }
}
// lesson: end delegate

// lesson: begin tree
/// A message and its replies, which know what they reply to.
private final class Message {
  var replies: [Message] = []
  var parent: Message?
  unowned var unownedParent: Message?

  func reply(owningParent: Bool) -> Int {
    let reply = Message()
    if owningParent { reply.parent = self } else { reply.unownedParent = self }
    replies.append(reply)
    return replies.count
  }
}
// lesson: end tree

/// Calls something again and again, until invalidated; a stand-in for a timer that nobody schedules.
private final class Heartbeat {
  var action: (() -> Int)?
  func beat() -> Int { action?() ?? 0 }
  func invalidate() { action = nil }
}

/// A presence that keeps its heartbeat, whose action asks the presence.
private final class Presence {
  let heartbeat = Heartbeat()
  private var beats = 0

  func start() {
    heartbeat.action = {
      self.beats += 1
      return self.beats
    }
  }
}

/// A download that keeps the work it waits for, which is about the download.
private final class Download {
  var work: [() -> Int] = []
  private var bytes = 0

  func schedule() {
    work.append {
      self.bytes += 10
      return self.bytes
    }
  }
}

/// Makes sessions of each shape, uses them, closes them, and drops them.
private struct ChatServer {
  let isFaulty: Bool

  func serve(_ sessions: Int) -> Int {
    (0..<sessions).reduce(0) { sum, _ in sum + session() + room() + message() + presence() + download() }
  }

  @inline(never) private func session() -> Int {
    let session = Session()
    if isFaulty { session.start() } else { session.startWeakly() }
    session.connection.close()
    return session.closed
  }

  @inline(never) private func room() -> Int {
    let controller = RoomController()
    if isFaulty { controller.room.delegate = controller } else { controller.room.weakDelegate = controller }
    return controller.room.change()
  }

  @inline(never) private func message() -> Int {
    let message = Message()
    return message.reply(owningParent: isFaulty)
  }

  @inline(never) private func presence() -> Int {
    let presence = Presence()
    presence.start()
    let beats = presence.heartbeat.beat()
    if !isFaulty { presence.heartbeat.invalidate() }
    return beats
  }

  @inline(never) private func download() -> Int {
    let download = Download()
    download.schedule()
    let bytes = download.work.reduce(0) { $0 + $1() }
    if !isFaulty { download.work.removeAll() }
    return bytes
  }
}
