import Dispatch
import Synchronization

/// What a weather station has sent since yesterday: lines of `HH:MM;place;temperature`, in which the temperature may be
/// missing or nonsense, as it is when ice is on the sensor.
public struct Feed: Sendable, Sequence {
  /// The station's name.
  public let station: String
  private let lines: [String]

  /// A feed of these lines.
  @_spi(Judge) public init(station: String, lines: [String]) { (self.station, self.lines) = (station, lines) }

  /// The lines, one after the other.
  public func makeIterator() -> Iterator { Iterator(lines) }

  /// Reads a feed from its first line to its last.
  public struct Iterator: IteratorProtocol {
    private let lines: [String]
    private var place = 0

    fileprivate init(_ lines: [String]) { self.lines = lines }

    /// The next line; nil after the last.
    public mutating func next() -> String? {
      if place == 0 { Judge.begin() }
      guard place < lines.count else {
        if place == lines.count { Judge.end() }
        place = lines.count + 1
        return nil
      }
      defer { place += 1 }
      Judge.countLine()
      return lines[place]
    }
  }
}

/// What is counted of it.
@_spi(Judge) public enum Judge {
  private static let onMain = Atomic(0)
  private static let elsewhere = Atomic(0)
  private static let open = Mutex((now: 0, most: 0))
  private static let mark: DispatchSpecificKey<Bool> = {
    let key = DispatchSpecificKey<Bool>()
    DispatchQueue.main.setSpecific(key: key, value: true)
    return key
  }()

  /// Forgets what was counted.
  public static func forget() {
    _ = mark
    onMain.store(0, ordering: .relaxed)
    elsewhere.store(0, ordering: .relaxed)
    open.withLock { $0 = (0, 0) }
  }

  /// Lines that were read on the main queue, which is what the main actor runs on, and on others.
  public static var lines: (onMain: Int, elsewhere: Int) {
    (onMain.load(ordering: .relaxed), elsewhere.load(ordering: .relaxed))
  }

  /// How many feeds were being read when most were.
  public static var mostAtOnce: Int { open.withLock { $0.most } }

  fileprivate static func countLine() {
    if DispatchQueue.getSpecific(key: mark) == true {
      onMain.add(1, ordering: .relaxed)
    } else {
      elsewhere.add(1, ordering: .relaxed)
    }
  }

  fileprivate static func begin() {
    open.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
  }

  fileprivate static func end() { open.withLock { $0.now -= 1 } }
}
