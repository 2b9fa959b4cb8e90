/// Units of one quantity that can be converted into each other.
///
/// Source: google/pprof, `internal/measurement/measurement.go`, `UnitTypes`.
public struct UnitFamily: Sendable {
  /// One unit.
  public struct Unit: Sendable {
    /// How the unit is written after a number.
    public let name: String
    /// Other ways to write it, in lower case and the singular.
    let aliases: [String]
    /// How many of the family's base unit it is.
    public let factor: Double
  }

  /// The units, small ones first.
  public let units: [Unit]
  /// The unit for values too small for any and for targets of another family.
  public let fallback: Unit
  /// The positions of units by their aliases, also in the plural.
  private let positions: [String: Int]

  private init(units: [Unit], fallback: Unit) {
    self.units = units
    self.fallback = fallback
    var positions: [String: Int] = [:]
    for (position, unit) in units.enumerated() {
      for alias in unit.aliases {
        // pprof takes a final s off whatever is longer than two bytes: "ns" is found, "μs" is not.
        if alias.utf8.count <= 2 || !alias.hasSuffix("s") { positions[alias] = position }
        if alias.utf8.count >= 2 { positions[alias + "s"] = position }
      }
    }
    self.positions = positions
  }

  /// Memory, time, and Google's compute units.
  public static let all = [memory, time, computeUnits]

  /// Bytes and their multiples by 1024.
  public static let memory = UnitFamily(
    units: [
      Unit(name: "B", aliases: ["b", "byte"], factor: 1),
      Unit(name: "kB", aliases: ["kb", "kbyte", "kilobyte"], factor: 0x1p10),
      Unit(name: "MB", aliases: ["mb", "mbyte", "megabyte"], factor: 0x1p20),
      Unit(name: "GB", aliases: ["gb", "gbyte", "gigabyte"], factor: 0x1p30),
      Unit(name: "TB", aliases: ["tb", "tbyte", "terabyte"], factor: 0x1p40),
      Unit(name: "PB", aliases: ["pb", "pbyte", "petabyte"], factor: 0x1p50),
    ],
    fallback: Unit(name: "B", aliases: [], factor: 1))

  /// Nanoseconds to hours.
  public static let time = UnitFamily(
    units: [
      Unit(name: "ns", aliases: ["ns", "nanosecond"], factor: 1),
      Unit(name: "us", aliases: ["μs", "us", "microsecond"], factor: 1e3),
      Unit(name: "ms", aliases: ["ms", "millisecond"], factor: 1e6),
      Unit(name: "s", aliases: ["s", "sec", "second"], factor: 1e9),
      Unit(name: "hrs", aliases: ["hour", "hr"], factor: 3600e9),
    ],
    fallback: Unit(name: "s", aliases: [], factor: 1e9))

  /// Google compute units.
  public static let computeUnits = UnitFamily(
    units: [
      Unit(name: "n*GCU", aliases: ["nanogcu"], factor: 1e-9),
      Unit(name: "u*GCU", aliases: ["microgcu"], factor: 1e-6),
      Unit(name: "m*GCU", aliases: ["milligcu"], factor: 1e-3),
      Unit(name: "GCU", aliases: ["gcu"], factor: 1),
      Unit(name: "k*GCU", aliases: ["kilogcu"], factor: 1e3),
      Unit(name: "M*GCU", aliases: ["megagcu"], factor: 1e6),
      Unit(name: "G*GCU", aliases: ["gigagcu"], factor: 1e9),
      Unit(name: "T*GCU", aliases: ["teragcu"], factor: 1e12),
      Unit(name: "P*GCU", aliases: ["petagcu"], factor: 1e15),
    ],
    fallback: Unit(name: "GCU", aliases: [], factor: 1))

  /// The unit of that name in any of its spellings, in any case, in the singular or plural.
  public func unit(named name: String) -> Unit? {
    let isLowercase = name.utf8.allSatisfy { $0 < 0x80 && !(0x41...0x5a ~= $0) }
    return positions[isLowercase ? name : name.lowercased()].map { units[$0] }
  }

  /// The largest unit of which `value`, in base units, has at least one.
  public func naturalUnit(for value: Double) -> Unit {
    units.last { value / $0.factor >= 1 } ?? fallback
  }
}
