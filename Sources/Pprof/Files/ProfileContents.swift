/// What a profiler recorded, in a form that has files of its own: weighted stacks, a leak report.
///
/// A form knows how its files end, how they are written and read, and what to say of them, so that nobody who passes
/// captures on has to tell the forms apart.
public protocol ProfileContents: Sendable {
  /// The end of its files' names among captures, e.g. `.pb.gz`.
  static var suffix: String { get }
  /// What was looked at.
  static var coverage: ProfileCoverage { get }
  /// Reads the bytes of a file, which may be damaged.
  /// - Throws: what is wrong with them.
  init(fileBytes: [UInt8]) throws
  /// The bytes of a file of this name; its end may choose among ways to write it.
  func bytes(forFile name: String) throws -> [UInt8]
  /// The same in pieces that are made when they are asked for, of what is long.
  func pieces(forFile name: String) throws -> any Collection<[UInt8]>
  /// The same with another path for each file that it names.
  func renamingFiles(_ rename: (String) -> String) -> Self
  /// What it says in words; nil if only tables and figures can say it.
  var text: String? { get }
  /// Figures of the recording that belong to this form alone, in reading order.
  var facts: [(name: String, value: String)] { get }
}

/// How much of what there was a recording looked at.
@nonexhaustive
public enum ProfileCoverage: Sendable, Hashable {
  /// Samples, from which the whole is estimated.
  case samples
  /// Every one of what this word names, e.g. `blocks`.
  case all(of: String)
}

extension ProfileContents {
  /// All in one.
  public func pieces(forFile name: String) throws -> any Collection<[UInt8]> { [try bytes(forFile: name)] }
}

extension Profile: ProfileContents {
  /// Of a compressed profile.
  public static let suffix = ".pb.gz"
  /// A profile is an estimate.
  public static let coverage = ProfileCoverage.samples

  /// Reads the profile, compressed or not.
  /// - Throws: `ProfileError`.
  public init(fileBytes: [UInt8]) throws { try self.init(decoding: fileBytes) }

  /// The profile, compressed whatever the name.
  public func bytes(forFile name: String) throws -> [UInt8] { try encoded(compressed: true) }

  /// The same with another path for each source file and each mapping.
  public func renamingFiles(_ rename: (String) -> String) -> Profile {
    var profile = self
    for index in profile.functions.indices {
      profile.functions[index].filename = rename(profile.functions[index].filename)
    }
    for index in profile.mappings.indices { profile.mappings[index].file = rename(profile.mappings[index].file) }
    return profile
  }

  /// Tables and figures say it.
  public var text: String? { nil }
  /// None: its figures are its samples.
  public var facts: [(name: String, value: String)] { [] }
}
