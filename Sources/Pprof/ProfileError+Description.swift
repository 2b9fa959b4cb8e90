import Platform

extension ProfileError: CustomStringConvertible {
  /// What went wrong and where, in one sentence without a full stop.
  public var description: String {
    switch self {
    case .file(let operation, let path, let code):
      "cannot \(operation) \(path): \(String(cString: strerror(code)))"
    case .empty: "not a pprof profile: there is nothing in it"
    case .notAProfile(let name): "not a pprof profile: this looks like \(name)"
    case .gzip(let reason, let offset): "damaged gzip data at byte \(offset): \(reason)"
    case .overLimit(let quantity, let limit, let place):
      "\(place.map { "\($0): " } ?? "")more than \(limit) \(quantity)"
    case .malformed(let fault, let place): "\(place): \(fault)"
    case .badStringTable: "profile.string_table must begin with an empty string"
    case .unknownString(let index, let count, let place):
      "\(place): there is no string \(index) in a table of \(count)"
    case .concatenated(let place): "\(place): a second profile begins here"
    case .zeroID(let place): "\(place): the id 0 is reserved"
    case .duplicateID(let id, let place): "\(place): the id \(id) is used twice"
    case .unknownID(let id, let place): "\(place): nothing has the id \(id)"
    case .unknownPosition(let position, let count, let place):
      "\(place): there is no entry \(position) in a table of \(count)"
    case .missingSampleTypes: "the profile has samples but no sample types"
    case .valueCount(let count, let expected, let place): "\(place): \(count) values for \(expected) sample types"
    case .nothingToMerge: "no profiles to merge"
    case .incompatible(let what, let first, let second): "incompatible \(what): \(first) and \(second)"
    case .ratioCount(let count, let expected): "\(count) ratios for \(expected) sample types"
    case .unknownSampleType(let name, let choices):
      "sample_index \"\(name)\" must be one of: [\(choices.joined(separator: " "))]"
    case .sampleIndexOutOfRange(let index, let count):
      "sample_index \(index) is outside the range [0..\(count - 1)]"
    case .badPattern(let expression, let reason): "bad expression \"\(expression)\": \(reason)"
    }
  }
}

extension WireFault: CustomStringConvertible {
  /// What is wrong, as the end of a sentence.
  public var description: String {
    switch self {
    case .truncated: "the bytes end too early"
    case .badVarint: "a number does not fit 64 bits"
    case .badFieldNumber: "no such field number is possible"
    case .wrongWireType(let type): "unexpected wire type \(type)"
    case .badGroup: "groups are not nested as they should be"
    }
  }
}
