/// Why a profile could not be read, written, checked or combined.
///
/// Every case carries what its message needs: the file, the place in it, and the rule that was broken.
public enum ProfileError: Error, Hashable, Sendable {
  /// The system refused an operation on a file; `code` is its `errno`.
  case file(FileOperation, path: String, code: Int32)
  /// There are no bytes at all.
  case empty
  /// The bytes are those of another format, which this name tells of.
  case notAProfile(looksLike: String)
  /// The gzip stream is damaged at this byte of the compressed input.
  case gzip(reason: String, offset: Int)
  /// Something is larger than `DecodingLimits` allows.
  case overLimit(DecodingLimits.Quantity, limit: Int, at: Place?)
  /// The bytes are not a protobuf message of the expected form.
  case malformed(WireFault, at: Place)
  /// The file has no string table, or its first string is not empty.
  case badStringTable
  /// A string is referred to that the table of `count` strings does not have.
  case unknownString(index: Int64, count: Int, at: Place)
  /// Two profiles follow each other in one message.
  case concatenated(at: Place)
  /// An entry has the reserved id 0.
  case zeroID(at: Place)
  /// Two entries of one table have the same id.
  case duplicateID(UInt64, at: Place)
  /// No entry has the id that is referred to.
  case unknownID(UInt64, at: Place)
  /// A position lies outside the table it refers to, which has `count` entries.
  case unknownPosition(Int, count: Int, at: Place)
  /// There are samples but no sample types.
  case missingSampleTypes
  /// A sample has another number of values than there are sample types.
  case valueCount(Int, expected: Int, at: Place)
  /// There is nothing to merge.
  case nothingToMerge
  /// Profiles with these types cannot be combined; `what` says which types are meant.
  case incompatible(what: String, String, String)
  /// A scale needs one ratio for each sample type.
  case ratioCount(Int, expected: Int)
  /// No sample type has this name; `choices` are the names there are.
  case unknownSampleType(String, choices: [String])
  /// There are only `count` sample types.
  case sampleIndexOutOfRange(Int, count: Int)
  /// An expression that the profile has, or that it is to be held against, is none.
  case badPattern(String, reason: String)
}

/// What was being done to a file when the system refused.
public enum FileOperation: String, Sendable {
  /// Opening or creating.
  case open
  /// Reading.
  case read
  /// Writing, or making sure that what was written is on disk.
  case write
  /// Putting the finished file in its place.
  case rename
}

/// What is wrong with the bytes of a message.
public enum WireFault: Hashable, Sendable {
  /// The bytes end before the field does.
  case truncated
  /// A number is longer than ten bytes or does not fit 64 bits.
  case badVarint
  /// The field number is 0 or too large.
  case badFieldNumber
  /// The field is encoded in another way than its type asks for.
  case wrongWireType(Int)
  /// A group ends that never began, or groups nest too deeply.
  case badGroup
}
