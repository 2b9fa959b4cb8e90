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
