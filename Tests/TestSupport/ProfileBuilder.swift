import Pprof

/// Builds small profiles for tests from stacks written root first.
///
/// ```swift
/// var builder = ProfileBuilder("samples/count", "cpu/nanoseconds")
/// builder.add("main;decode@kafka.swift:12;memcpy", 3, 30_000_000, labels: ["client": ["a"]])
/// let profile = builder.profile
/// ```
/// A frame is `name` or `name@file:line`. Equal frames share one location, equal functions one function. Ids
/// count from 1, addresses from 0x1000 in steps of 16, all in one symbolized mapping, `/bin/app`.
public struct ProfileBuilder {
  /// What was built so far; may be changed freely.
  public var profile: Profile
  private var locations: [[Frame]: Int] = [:]
  private var functions: [String: Int] = [:]

  /// A function and a place in it.
  public struct Frame: Hashable, ExpressibleByStringLiteral {
    /// The function's name.
    public var name: String
    /// Its file; may be empty.
    public var file: String
    /// The line executing in it.
    public var line: Int64

    /// A frame in the given function.
    public init(_ name: String, file: String = "", line: Int64 = 0) {
      self.name = name
      self.file = file
      self.line = line
    }

    /// A frame from `name` or `name@file:line`.
    public init(parsing text: some StringProtocol) {
      guard let at = text.lastIndex(of: "@"), let colon = text[at...].lastIndex(of: ":"),
        let line = Int64(text[text.index(after: colon)...])
      else {
        self.init(String(text))
        return
      }
      self.init(String(text[..<at]), file: String(text[text.index(after: at)..<colon]), line: line)
    }

    /// A frame from `name` or `name@file:line`.
    public init(stringLiteral text: String) { self.init(parsing: text) }
  }

  /// A profile of the given sample types, each written `type/unit`.
  public init(_ sampleTypes: String...) {
    profile = Profile(sampleTypes: sampleTypes.map { Self.valueType($0) })
    profile.mappings = [
      Mapping(
        id: 1, start: 0x1000, limit: 0x100_0000, file: "/bin/app", buildID: "abc0", hasFunctions: true,
        hasFilenames: true, hasLineNumbers: true, hasInlineFrames: true)
    ]
  }

  /// A value type from `type/unit`.
  public static func valueType(_ text: String) -> ValueType {
    let words = text.split(separator: "/", maxSplits: 1).map { String($0) }
    return ValueType(type: words.first ?? "", unit: words.count > 1 ? words[1] : "")
  }

  /// Adds a sample; `stack` names the frames from the root to the leaf, separated by semicolons.
  public mutating func add(
    _ stack: String, _ values: Int64..., labels: [String: [String]] = [:],
    numericLabels: [String: [NumericLabel]] = [:]
  ) {
    let frames = stack.split(separator: ";").map { [Frame(parsing: $0)] }
    add(frames, values: values, labels: labels, numericLabels: numericLabels)
  }

  /// Adds a sample from frames root first; several frames in one place are a function and what was inlined into
  /// it, the outermost first.
  public mutating func add(
    _ stack: [[Frame]], values: [Int64], labels: [String: [String]] = [:],
    numericLabels: [String: [NumericLabel]] = [:]
  ) {
    let positions = stack.reversed().map { location($0) }
    profile.samples.append(
      Sample(locations: positions, values: values, labels: labels, numericLabels: numericLabels))
  }

  /// The position of the location of the given frames, the outermost first; new if there is none yet.
  public mutating func location(_ frames: [Frame]) -> Int {
    if let position = locations[frames] { return position }
    let position = profile.locations.count
    let lines = frames.reversed().map { Line(function: function($0), line: $0.line) }
    profile.locations.append(
      Location(id: UInt64(position) + 1, mapping: 0, address: 0x1000 + 16 * UInt64(position), lines: lines))
    locations[frames] = position
    return position
  }

  private mutating func function(_ frame: Frame) -> Int {
    let key = frame.name + "\0" + frame.file
    if let position = functions[key] { return position }
    let position = profile.functions.count
    profile.functions.append(
      Function(id: UInt64(position) + 1, name: frame.name, systemName: frame.name, filename: frame.file))
    functions[key] = position
    return position
  }
}

extension Profile {
  /// The samples as `root;…;leaf: value value`, for comparing with what is expected at a glance.
  public var foldedStacks: [String] {
    samples.map { sample in
      let frames = sample.locations.reversed().flatMap { position -> [String] in
        let location = locations[position]
        if location.lines.isEmpty { return ["0x" + String(location.address, radix: 16)] }
        return location.lines.reversed().map { functions[$0.function].name }
      }
      return frames.joined(separator: ";") + ": " + sample.values.map { String($0) }.joined(separator: " ")
    }
  }
}
