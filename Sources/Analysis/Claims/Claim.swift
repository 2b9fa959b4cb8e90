import Pprof
import PprofOperations

/// A sentence's number, as a query on a capture and the bound its answer must lie in.
///
/// Claims are shapes (shares, ratios, ranks, counts against known truth), never absolute times, so that they hold on
/// another machine.
public struct Claim: Sendable {
  /// What is asked.
  public let query: Query
  /// The arguments of the query.
  public let arguments: [String: String]
  /// What the answer may be.
  public let bound: Bound

  /// Reads the `name=value` items of a claim: `value` names the query, `within` the bound, the rest are arguments.
  public init(items: [(name: String, value: String)]) throws(ClaimError) {
    var arguments: [String: String] = [:]
    for item in items { arguments[item.name] = item.value }
    guard let name = arguments.removeValue(forKey: "value") else {
      throw .missingArgument(query: "claim", name: "value")
    }
    guard let query = Query.named(name) else { throw .unknownQuery(name) }
    guard let bound = arguments.removeValue(forKey: "within") else {
      throw .missingArgument(query: name, name: "within")
    }
    for argument in query.required where arguments[argument] == nil {
      throw .missingArgument(query: name, name: argument)
    }
    for argument in arguments.keys.sorted() where !(query.required + query.optional).contains(argument) {
      throw .unknownArgument(query: name, name: argument)
    }
    self.query = query
    self.arguments = arguments
    self.bound = try Bound(bound)
  }

  /// The measured value and whether the bound holds it.
  ///
  /// `other` finds a second capture, for queries that compare.
  public func evaluate(
    on capture: Capture, other: @escaping (CaptureName) throws -> Capture
  ) throws -> (measurement: Measurement, holds: Bool) {
    let measurement = try query.evaluate(Query.Input(capture: capture, arguments: arguments, other: other))
    return (measurement, bound.holds(measurement))
  }
}

/// A measured value and how to say it.
public struct Measurement: Sendable, Hashable, CustomStringConvertible {
  /// How a value is said.
  public enum Unit: Sendable, Hashable { case share, points, ratio, count, rank, bytes }
  /// The value; shares are between 0 and 1, and so are points, the difference of two shares.
  public let value: Double
  /// Half of the interval that holds the true value 19 times of 20; nil where nothing is left to chance.
  public let error: Double?
  /// Its unit.
  public let unit: Unit
  /// What was measured, in a phrase.
  public let meaning: String

  /// A value of the given unit and meaning.
  public init(_ value: Double, error: Double? = nil, _ unit: Unit, meaning: String) {
    self.value = value
    self.error = error
    self.unit = unit
    self.meaning = meaning
  }

  /// An estimate of the given unit and meaning.
  init(_ estimate: Estimate, _ unit: Unit, meaning: String) {
    self.init(estimate.value, error: estimate.error, unit, meaning: meaning)
  }

  /// The value with its error, for people: `43 % ± 6`, `2.3×`, `1,204`, `#1`.
  public var description: String { uncertainty.isEmpty ? text : "\(text)\u{A0}\(uncertainty)" }

  /// The value alone: `43 %`.
  public var text: String { parts.value }

  /// How far it may be off: `± 6`, in the value's unit; empty where nothing is left to chance.
  public var uncertainty: String { parts.error }

  private var parts: (value: String, error: String) {
    let estimate = Estimate(value, error: error)
    switch unit {
    case .share: return estimate.parts(unit: "%", factor: 100)
    case .points: return estimate.parts(unit: "points", factor: 100)
    case .ratio where error != nil: return estimate.parts(unit: "×")
    // The profiler's overhead lies near 1, where two digits would not tell it.
    case .ratio: return ("\(Self.decimal(value, places: abs(value) < 10 ? 2 : 1))×", "")
    case .count: return (value == value.rounded() ? Self.grouped(Int(value)) : Self.decimal(value), "")
    case .rank: return ("#\(Int(value))", "")
    case .bytes: return (Units.label(Int64(value), unit: "bytes"), "")
    }
  }

  private static func decimal(_ value: Double, places: Int = 1) -> String {
    let scale = places == 2 ? 100.0 : 10.0
    let scaled = Int((abs(value) * scale).rounded())
    let fraction = String(scaled % Int(scale))
    let sign = value < 0 && scaled != 0 ? "−" : ""
    return "\(sign)\(scaled / Int(scale)).\(String(repeating: "0", count: places - fraction.count))\(fraction)"
  }

  private static func grouped(_ value: Int) -> String {
    var text = ""
    for (index, digit) in String(abs(value)).reversed().enumerated() {
      if index > 0, index % 3 == 0 { text = "," + text }
      text = String(digit) + text
    }
    return value < 0 ? "−" + text : text
  }
}
