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
      let sum = await Task.detached {
        switch variant {
        case .faulty: ChatServer().serve(sessions)
        case .fixed: MendedChatServer().serve(sessions)
        }
      }.value
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

  func start() {
    // lesson: begin strong
    connection.onClose = { self.closed += 1 }
    // lesson: end strong
  }
}
// lesson: end closure

extension Session {
  fileprivate func startWeakly() {
    // lesson: begin weak
    connection.onClose = { [weak self] in self?.closed += 1 }
    // lesson: end weak
  }
}

private protocol RoomDelegate: AnyObject { func roomDidChange() -> Int }

/// A room that reports to a delegate.
private final class Room {
  // lesson: begin strong-delegate
  var delegate: (any RoomDelegate)?
  // lesson: end strong-delegate

  func change() -> Int { delegate?.roomDidChange() ?? 0 }
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

/// A message and its replies, which know what they reply to.
private final class Message {
  var replies: [Message] = []
  // lesson: begin strong-parent
  var parent: Message?
  // lesson: end strong-parent

  func reply() -> Int {
    let reply = Message()
    reply.parent = self
    replies.append(reply)
    return replies.count
  }
}

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

  func stop() { heartbeat.invalidate() }
}

/// A download that keeps the work it waits for, which is about the download.
private final class Download {
  private var work: [() -> Int] = []
  private var bytes = 0

  func schedule() {
    work.append {
      self.bytes += 10
      return self.bytes
    }
  }

  /// Does the work, and keeps it.
  func run() -> Int { work.reduce(0) { $0 + $1() } }

  /// Does the work, and is done with it.
  func finish() -> Int {
    defer { work = [] }
    return run()
  }
}

/// The classes that are mended where they are declared, under the same names.
private enum Mended {
  final class Room {
    // lesson: begin weak-delegate
    weak var delegate: (any RoomDelegate)?
    // lesson: end weak-delegate

    func change() -> Int { delegate?.roomDidChange() ?? 0 }
  }

  final class RoomController: RoomDelegate {
    let room = Room()
    private var changes = 0

    func roomDidChange() -> Int {
      changes += 1
      return changes
    }
  }

  final class Message {
    var replies: [Message] = []
    // lesson: begin weak-parent
    weak var parent: Message?
    // lesson: end weak-parent

    func reply() -> Int {
      let reply = Message()
      reply.parent = self
      replies.append(reply)
      return replies.count
    }
  }
}

/// Makes sessions of each shape, uses them, closes them, and drops them.
private struct ChatServer {
  func serve(_ sessions: Int) -> Int {
    (0..<sessions).reduce(0) { sum, _ in sum + session() + room() + message() + presence() + download() }
  }

  @inline(never) private func session() -> Int {
    let session = Session()
    session.start()
    session.connection.close()
    return session.closed
  }

  @inline(never) private func room() -> Int {
    let controller = openRoom()
    return withExtendedLifetime(controller) { controller.room.change() }
  }

  /// In a function of its own, or the room would be seen not to outlive its maker, and lie on the stack.
  @inline(never) private func openRoom() -> RoomController {
    let controller = RoomController()
    controller.room.delegate = controller
    return controller
  }

  @inline(never) private func message() -> Int {
    let message = Message()
    return message.reply()
  }

  @inline(never) private func presence() -> Int {
    let presence = Presence()
    presence.start()
    return presence.heartbeat.beat()
  }

  @inline(never) private func download() -> Int {
    let download = Download()
    download.schedule()
    return download.run()
  }
}

/// The same, of sessions that end.
private struct MendedChatServer {
  func serve(_ sessions: Int) -> Int {
    (0..<sessions).reduce(0) { sum, _ in sum + session() + room() + message() + presence() + download() }
  }

  @inline(never) private func session() -> Int {
    let session = Session()
    session.startWeakly()
    session.connection.close()
    return session.closed
  }

  @inline(never) private func room() -> Int {
    let controller = openRoom()
    return withExtendedLifetime(controller) { controller.room.change() }
  }

  /// In a function of its own, or the room would be seen not to outlive its maker, and lie on the stack.
  @inline(never) private func openRoom() -> Mended.RoomController {
    let controller = Mended.RoomController()
    controller.room.delegate = controller
    return controller
  }

  @inline(never) private func message() -> Int {
    let message = Mended.Message()
    return message.reply()
  }

  @inline(never) private func presence() -> Int {
    let presence = Presence()
    presence.start()
    defer { presence.stop() }
    return presence.heartbeat.beat()
  }

  @inline(never) private func download() -> Int {
    let download = Download()
    download.schedule()
    return download.finish()
  }
}
