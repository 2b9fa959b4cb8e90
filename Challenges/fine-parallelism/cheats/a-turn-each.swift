// fails: gone
import Given

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

  /// Paints what is in view. All processors help: each point is computed by itself, and needs nothing of the others.
  func paint(_ view: View, on canvas: Canvas) async {
    await withDiscardingTaskGroup { group in
      for row in 0..<canvas.size {
        group.addTask {
          for column in 0..<canvas.size {
            let (x, y) = view.point(column, row)
            canvas.set(column, row, to: await Steps.shared.depth(of: Complex(real: x, imaginary: y), self))
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

actor Steps {
  static let shared = Steps()
  private var count = 0
  nonisolated func depth(of point: Complex, _ painter: Painter) async -> Int {
    let depth = painter.depth(of: point)
    await add(depth)
    return depth
  }
  private func add(_ depth: Int) { count += depth }
}
