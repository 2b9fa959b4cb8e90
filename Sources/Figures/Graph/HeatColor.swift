import Platform

/// A colour that tells how much of the total something is: grey for nothing, red for all, green for all less.
///
/// Source: google/pprof, `internal/graph/dotgraph.go` (`dotColor`).
struct HeatColor: Sendable, Hashable {
  /// Red, from 0 to 255.
  let red: UInt8
  /// Green, from 0 to 255.
  let green: UInt8
  /// Blue, from 0 to 255.
  let blue: UInt8

  /// What a colour is for.
  enum Role: Sendable {
    /// Lines and borders: strong and dark.
    case line
    /// Areas behind text: pale and light.
    case area
  }

  /// The colour of a share from −1 to 1; others are clamped.
  init(share: Double, role: Role) {
    let (fullSaturation, value) = role == .area ? (0.1, 0.93) : (1.0, 0.7)
    // There is no share of a total of 0; that number goes through unclamped, and darkens the colour.
    let score = share.isNaN ? share : max(-1, min(1, share))
    // Near 0 the mixture of red and green would be yellow; it fades to grey instead.
    let saturation = abs(score) < 0.2 ? fullSaturation * (abs(score) / 0.2) : fullSaturation
    // Small shares differ more than large ones.
    let strength = pow(abs(score), 1 - 0.7)
    let faded = value * (1 - saturation * strength)
    self.init(
      red: score < 0 ? faded : value, green: score < 0 ? value : faded, blue: value * (1 - saturation))
  }

  private init(red: Double, green: Double, blue: Double) {
    func byte(_ part: Double) -> UInt8 { part.isFinite ? UInt8(max(0, min(255, part * 255))) : 0 }
    self.red = byte(red)
    self.green = byte(green)
    self.blue = byte(blue)
  }

  /// The colour as `#rrggbb`.
  var hexadecimal: String {
    "#" + [red, green, blue].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
