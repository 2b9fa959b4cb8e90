/// A profile in the words of pprof's `profile.proto`: weighted call stacks and the tables they refer to.
///
/// Samples refer to locations, locations to mappings and functions, by their *position* in the arrays below.
/// The ids of the file are kept beside (`Location.id` and so on) because reports print them.
///
/// Source: google/pprof, `proto/profile.proto`.
public struct Profile: Sendable, Hashable {
  /// What each of a sample's values means, in order.
  public var sampleTypes: [ValueType]
  /// The type shown when none is asked for; empty means the last one.
  public var defaultSampleType: String
  /// The measured call stacks.
  public var samples: [Sample]
  /// The loaded files addresses fall into. The first is the main binary.
  public var mappings: [Mapping]
  /// The code addresses that stacks are made of.
  public var locations: [Location]
  /// The functions that locations lie in.
  public var functions: [Function]
  /// Free text for people: losses, truncations, how the profile was taken.
  public var comments: [String]
  /// Frames matching this expression are dropped, with everything they call; empty means none.
  public var dropFrames: String
  /// Frames matching this expression are kept even if `dropFrames` matches.
  public var keepFrames: String
  /// When collection began, in nanoseconds since the Unix epoch; 0 if unknown.
  public var timeNanoseconds: Int64
  /// How long collection lasted, in nanoseconds; 0 if unknown.
  public var durationNanoseconds: Int64
  /// The kind of event between two samples.
  public var periodType: ValueType?
  /// How many of `periodType` lie between two samples.
  public var period: Int64
  /// Where the profile's meaning is documented; empty if nowhere.
  public var documentationURL: String

  /// An empty profile of the given sample types.
  public init(
    sampleTypes: [ValueType] = [], defaultSampleType: String = "", samples: [Sample] = [], mappings: [Mapping] = [],
    locations: [Location] = [], functions: [Function] = [], comments: [String] = [], dropFrames: String = "",
    keepFrames: String = "", timeNanoseconds: Int64 = 0, durationNanoseconds: Int64 = 0,
    periodType: ValueType? = nil, period: Int64 = 0, documentationURL: String = ""
  ) {
    self.sampleTypes = sampleTypes
    self.defaultSampleType = defaultSampleType
    self.samples = samples
    self.mappings = mappings
    self.locations = locations
    self.functions = functions
    self.comments = comments
    self.dropFrames = dropFrames
    self.keepFrames = keepFrames
    self.timeNanoseconds = timeNanoseconds
    self.durationNanoseconds = durationNanoseconds
    self.periodType = periodType
    self.period = period
    self.documentationURL = documentationURL
  }
}

/// What a value measures and in which unit, e.g. `cpu` in `nanoseconds`.
public struct ValueType: Sendable, Hashable {
  /// What is measured, e.g. `cpu`, `inuse_space`.
  public var type: String
  /// The unit, e.g. `nanoseconds`, `bytes`, `count`.
  public var unit: String

  /// A value type of the given words.
  public init(type: String, unit: String) {
    self.type = type
    self.unit = unit
  }
}

/// One call stack and what was measured there.
public struct Sample: Sendable, Hashable {
  /// Positions in `Profile.locations`, leaf first.
  public var locations: [Int]
  /// One value for each of `Profile.sampleTypes`.
  public var values: [Int64]
  /// Text labels, each with one or more values.
  public var labels: [String: [String]]
  /// Numeric labels, each with one or more values.
  public var numericLabels: [String: [NumericLabel]]

  /// A sample of the given stack (leaf first) and values.
  public init(
    locations: [Int], values: [Int64], labels: [String: [String]] = [:],
    numericLabels: [String: [NumericLabel]] = [:]
  ) {
    self.locations = locations
    self.values = values
    self.labels = labels
    self.numericLabels = numericLabels
  }
}

/// A number attached to a sample, such as the size of the allocated block.
public struct NumericLabel: Sendable, Hashable {
  /// The number.
  public var value: Int64
  /// Its unit; empty if the file names none.
  public var unit: String

  /// A number of the given unit.
  public init(value: Int64, unit: String = "") {
    self.value = value
    self.unit = unit
  }
}

/// A file mapped into the observed process.
public struct Mapping: Sendable, Hashable {
  /// The number the file gives it; not 0.
  public var id: UInt64
  /// First address.
  public var start: UInt64
  /// One past the last address.
  public var limit: UInt64
  /// Offset in the file of `start`.
  public var offset: UInt64
  /// Path of the file.
  public var file: String
  /// Its build id, in hexadecimal.
  public var buildID: String
  /// Whether functions are known for its locations.
  public var hasFunctions: Bool
  /// Whether file names are known.
  public var hasFilenames: Bool
  /// Whether line numbers are known.
  public var hasLineNumbers: Bool
  /// Whether inlined frames are known.
  public var hasInlineFrames: Bool

  /// A mapping with nothing symbolized yet.
  public init(
    id: UInt64, start: UInt64 = 0, limit: UInt64 = 0, offset: UInt64 = 0, file: String = "", buildID: String = "",
    hasFunctions: Bool = false, hasFilenames: Bool = false, hasLineNumbers: Bool = false,
    hasInlineFrames: Bool = false
  ) {
    self.id = id
    self.start = start
    self.limit = limit
    self.offset = offset
    self.file = file
    self.buildID = buildID
    self.hasFunctions = hasFunctions
    self.hasFilenames = hasFilenames
    self.hasLineNumbers = hasLineNumbers
    self.hasInlineFrames = hasInlineFrames
  }
}

/// A code address and the functions (several if inlined) that it belongs to.
public struct Location: Sendable, Hashable {
  /// The number the file gives it; not 0.
  public var id: UInt64
  /// Position in `Profile.mappings`, if the address falls into one.
  public var mapping: Int?
  /// The instruction's address; 0 if unknown.
  public var address: UInt64
  /// Source lines, the innermost inlined function first. Empty if not symbolized.
  public var lines: [Line]
  /// Whether several functions were folded into one by the linker, so that the name may be another's.
  public var isFolded: Bool

  /// A location at the given address.
  public init(id: UInt64, mapping: Int? = nil, address: UInt64 = 0, lines: [Line] = [], isFolded: Bool = false) {
    self.id = id
    self.mapping = mapping
    self.address = address
    self.lines = lines
    self.isFolded = isFolded
  }
}

/// A place in the source.
public struct Line: Sendable, Hashable {
  /// Position in `Profile.functions`.
  public var function: Int
  /// Line number from 1; 0 if unknown.
  public var line: Int64
  /// Column from 1; 0 if unknown.
  public var column: Int64

  /// A place in the given function.
  public init(function: Int, line: Int64 = 0, column: Int64 = 0) {
    self.function = function
    self.line = line
    self.column = column
  }
}

/// A function of the observed program.
public struct Function: Sendable, Hashable {
  /// The number the file gives it; not 0.
  public var id: UInt64
  /// The name for people, e.g. `RecordBatch.decode(from:)`.
  public var name: String
  /// The name of the linker, e.g. a mangled one.
  public var systemName: String
  /// The source file.
  public var filename: String
  /// Its first line; 0 if unknown.
  public var startLine: Int64

  /// A function of the given names.
  public init(id: UInt64, name: String, systemName: String = "", filename: String = "", startLine: Int64 = 0) {
    self.id = id
    self.name = name
    self.systemName = systemName
    self.filename = filename
    self.startLine = startLine
  }
}
