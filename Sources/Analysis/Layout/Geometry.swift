/// A point, in pixels from the left upper corner.
public struct Point: Sendable, Hashable {
  /// To the right.
  public var x: Double
  /// Downwards.
  public var y: Double

  /// The point so far to the right and down.
  public init(x: Double, y: Double) {
    self.x = x
    self.y = y
  }

  /// The point moved by the other.
  public static func + (left: Point, right: Point) -> Point { Point(x: left.x + right.x, y: left.y + right.y) }
  /// The way from the right point to the left one.
  public static func - (left: Point, right: Point) -> Point { Point(x: left.x - right.x, y: left.y - right.y) }
  /// The way so many times as long.
  public static func * (point: Point, factor: Double) -> Point { Point(x: point.x * factor, y: point.y * factor) }
  /// How far it is from the corner.
  public var length: Double { (x * x + y * y).squareRoot() }
}

/// A rectangle with sides along the axes.
public struct Rectangle: Sendable, Hashable {
  /// Its middle.
  public var center: Point
  /// From left to right.
  public var width: Double
  /// From top to bottom.
  public var height: Double

  /// A rectangle around its middle.
  public init(center: Point, width: Double, height: Double) {
    self.center = center
    self.width = width
    self.height = height
  }

  /// The smallest rectangle with all the points; an empty one if there are none.
  public init(around points: [Point]) {
    let (first, rest) = (points.first ?? Point(x: 0, y: 0), points.dropFirst())
    let (left, right) = rest.reduce((first.x, first.x)) { (min($0.0, $1.x), max($0.1, $1.x)) }
    let (top, bottom) = rest.reduce((first.y, first.y)) { (min($0.0, $1.y), max($0.1, $1.y)) }
    self.init(center: Point(x: (left + right) / 2, y: (top + bottom) / 2), width: right - left, height: bottom - top)
  }

  /// The least x.
  public var left: Double { center.x - width / 2 }
  /// The greatest x.
  public var right: Double { center.x + width / 2 }
  /// The least y.
  public var top: Double { center.y - height / 2 }
  /// The greatest y.
  public var bottom: Double { center.y + height / 2 }

  /// Whether the two have a point in common.
  public func overlaps(_ other: Rectangle) -> Bool {
    left <= other.right && other.left <= right && top <= other.bottom && other.top <= bottom
  }

  /// The rectangle with a margin around it.
  public func widened(by margin: Double) -> Rectangle {
    Rectangle(center: center, width: width + 2 * margin, height: height + 2 * margin)
  }

  /// Whether a straight line has a point in common with it.
  ///
  /// Source: Liang and Barsky, "A New Concept and Method for Line Clipping", ACM Transactions on Graphics 3(1), 1984.
  public func isMet(byLineFrom start: Point, to end: Point) -> Bool {
    let way = end - start
    var (first, last) = (0.0, 1.0)
    for (step, gap) in [
      (-way.x, start.x - left), (way.x, right - start.x), (-way.y, start.y - top), (way.y, bottom - start.y),
    ] {
      if step == 0 {
        if gap < 0 { return false }
      } else if step < 0 {
        first = max(first, gap / step)
      } else {
        last = min(last, gap / step)
      }
    }
    return first <= last
  }
}
