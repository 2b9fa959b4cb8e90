import Testing

@testable import Figures

struct HeatColorTests {
  @Test(
    "from green over grey to red",
    arguments: [
      (1.0, "#b20000", "#edd5d5"), (0.5, "#b22100", "#edd9d5"), (0.0, "#b2b2b2", "#ededed"),
      (-0.1, "#85b259", "#e7ede1"), (-1.0, "#00b200", "#d5edd5"), (7.0, "#b20000", "#edd5d5"),
      (Double.nan, "#b20000", "#ed00d5"),
    ])
  func color(_ share: Double, _ line: String, _ area: String) {
    #expect(HeatColor(share: share, role: .line).hexadecimal == line)
    #expect(HeatColor(share: share, role: .area).hexadecimal == area)
  }
}
