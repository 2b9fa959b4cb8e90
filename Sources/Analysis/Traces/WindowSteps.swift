/// Steps from one window of a trace to the next: closer and wider by lengths of one, two or five tens, earlier and later by
/// parts of a length.
///
/// Windows begin at tenths of their lengths, so that one is met again on the way back, and has times that one can say.
/// `trace.js` steps likewise.
public struct WindowSteps: Sendable {
  /// A window: when it begins and how long it is, in nanoseconds.
  public typealias Window = FindingPlaces.Place

  /// No window is shorter: of fewer nanoseconds a trace knows nothing.
  public static let shortest: Int64 = 100

  /// The window that one is in.
  public let window: TraceWindow

  /// Steps from a window.
  public init(_ window: TraceWindow) { self.window = window }

  /// Half as long or a little shorter, about the same middle; nil if it is as short as can be.
  public var closer: Window? {
    let length = Self.length(below: window.length)
    return length < Self.shortest ? nil : self.window(of: length, around: window.start + window.length / 2)
  }

  /// Twice as long or a little longer, about the same middle; nil if it is all there is.
  public var wider: Window? {
    if window.isWhole { return nil }
    let length = Self.length(above: window.length)
    return length >= window.whole
      ? Window(start: 0, length: window.whole) : self.window(of: length, around: window.start + window.length / 2)
  }

  /// As long, half a length earlier; nil if it begins with the trace.
  public var earlier: Window? { window.start == 0 ? nil : shifted(by: -(window.length / 2)) }

  /// As long, half a length later; nil if it ends with the trace.
  public var later: Window? { window.end == window.whole ? nil : shifted(by: window.length / 2) }

  /// A window in which a place is seen with what is around it: it takes a third to two thirds of the window.
  public func window(around place: Window) -> Window {
    let length = Self.length(above: max(place.length.adding(place.length / 2), Self.shortest))
    if length >= window.whole { return Window(start: 0, length: window.whole) }
    return window(of: length, around: place.start.adding(place.length / 2))
  }

  private func shifted(by distance: Int64) -> Window {
    Window(start: min(max(window.start + distance, 0), window.whole - window.length), length: window.length)
  }

  private func window(of length: Int64, around middle: Int64) -> Window {
    let grid = max(length / 10, 1)
    let start = (middle - length / 2 + grid / 2) / grid * grid
    return Window(start: min(max(start, 0), max(window.whole - length, 0)), length: length)
  }

  /// The greatest of 1, 2, 5, 10, 20 … below a length.
  static func length(below length: Int64) -> Int64 {
    var (best, tens): (Int64, Int64) = (1, 1)
    while tens < length {
      for step in [tens, 2 * tens, 5 * tens] where step < length { best = step }
      guard tens <= .max / 100 else { break }
      tens *= 10
    }
    return best
  }

  /// The least of 1, 2, 5, 10, 20 … above a length.
  static func length(above length: Int64) -> Int64 {
    var tens: Int64 = 1
    while tens <= .max / 100 {
      for step in [tens, 2 * tens, 5 * tens] where step > length { return step }
      tens *= 10
    }
    return .max
  }
}

extension TraceTime {
  /// A time as it can be read back, to the nanosecond: `62.25ms`, `900ns`.
  public static func exact(_ nanoseconds: Int64) -> String {
    for (name, unit) in [("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000)] as [(String, Int64)]
    where nanoseconds >= unit || nanoseconds <= -unit {
      let decimals = unit == 1_000 ? 3 : unit == 1_000_000 ? 6 : 9
      return fixed(Double(nanoseconds) / Double(unit), decimals: decimals) + name
    }
    return "\(nanoseconds)ns"
  }
}
