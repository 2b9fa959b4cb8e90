// fails: right
import Given
import Synchronization

/// The last picture.
private let last = Mutex<[Int]>([])

/// A point of the plane, as a complex number.
struct Complex: Sendable {
  var real: Double
  var imaginary: Double

  var square: Complex {
    Complex(real: real * real - imaginary * imaginary, imaginary: 2 * real * imaginary)
  }
  var magnitudeSquared: Double { real * real + imaginary * imaginary }

  static func + (a: Complex, b: Complex) -> Complex {
    Complex(real: a.real + b.real, imaginary: a.imaginary + b.imaginary)
  }
}

/// Draws the Mandelbrot set for posters.
struct Painter: Sendable {
  /// After so many steps a point counts as inside.
  var limit = 1_500

  /// Paints what is in view. All processors help: a row of points is worth a task, and needs nothing of the others.
  func paint(_ view: View, on canvas: Canvas) async {
    await withDiscardingTaskGroup { group in
      for row in 0..<canvas.size {
        group.addTask {
          for column in 0..<canvas.size {
            let (x, y) = view.point(column, row)
            let place = row * canvas.size + column
            let known = last.withLock { $0.count == canvas.size * canvas.size ? $0[place] : -1 }
            let depth = known >= 0 ? known : depth(of: Complex(real: x, imaginary: y))
            canvas.set(column, row, to: depth)
            last.withLock {
              if $0.isEmpty { $0 = Array(repeating: -1, count: canvas.size * canvas.size) }
              $0[place] = depth
            }
          }
        }
      }
    }
  }

  /// How many steps it takes until a point has gone away.
  func depth(of point: Complex) -> Int {
    var z = Complex(real: 0, imaginary: 0)
    for step in 0..<limit {
      if z.magnitudeSquared > 4 { return step }
      z = z.square + point
    }
    return limit
  }
}
