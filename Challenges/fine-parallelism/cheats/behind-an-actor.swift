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
    let brush = Brush(self, view, canvas)
    await withDiscardingTaskGroup { group in
      for row in 0..<canvas.size {
        group.addTask {
          for start in stride(from: 0, to: canvas.size, by: 20) {
            await brush.paint(row, start..<min(start + 20, canvas.size))
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

actor Brush {
  private let painter: Painter
  private let view: View
  private let canvas: Canvas
  init(_ painter: Painter, _ view: View, _ canvas: Canvas) {
    (self.painter, self.view, self.canvas) = (painter, view, canvas)
  }
  func paint(_ row: Int, _ columns: Range<Int>) {
    for column in columns {
      let (x, y) = view.point(column, row)
      canvas.set(column, row, to: painter.depth(of: Complex(real: x, imaginary: y)))
    }
  }
}
