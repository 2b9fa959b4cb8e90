// fails: new
import Given

/// What a listener got to hear.
struct Session: Equatable {
  /// Frames played, in the order of the broadcast.
  var played = 0
  /// Frames that had not come when those after them were due.
  var lost = 0
  /// How loud it was, second by second: the mean of ten frames each.
  var loudness: [Int] = []
}

/// Plays one listener's broadcast: puts the frames in order, and keeps book of them.
///
/// The station makes one for each listener who comes, and calls `hangUp` and forgets it when the listener goes.
final class Player {
  /// How many frames may wait for one that is missing.
  private static let patience = 4

  private let socket: Socket
  private var early: [Int: Frame] = [:]
  private var next = 0
  private var second: [Int] = []
  private var session = Session()

  init(on socket: Socket) {
    self.socket = socket
    socket.onFrame = { [weak self] in self?.receive($0) }
  }

  /// Plays what has come and still waits, and says what was heard.
  func hangUp() -> Session {
    while !early.isEmpty { skipToEarliest() }
    History.all.append(session)
    return session
  }

  private func receive(_ frame: Frame) {
    // What comes so late that others were played in its place is of no use any more.
    guard frame.number >= next else { return }
    early[frame.number] = frame
    playWhatFollows()
    if early.count > Self.patience { skipToEarliest() }
  }

  private func playWhatFollows() {
    while let frame = early.removeValue(forKey: next) {
      play(frame)
      next += 1
    }
  }

  /// Gives up those before the earliest that is here.
  private func skipToEarliest() {
    guard let earliest = early.keys.min() else { return }
    session.lost += earliest - next
    next = earliest
    playWhatFollows()
  }

  private func play(_ frame: Frame) {
    session.played += 1
    second.append(frame.level)
    if second.count == 10 {
      session.loudness.append(second.reduce(0, +) / second.count)
      second.removeAll(keepingCapacity: true)
    }
  }
}

enum History {
  nonisolated(unsafe) static var all: [Session] = []
}
