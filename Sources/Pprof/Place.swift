/// A place in a profile: which field of which entry, and where in the uncompressed bytes if they are at hand.
public struct Place: Hashable, Sendable {
  /// The kinds of message a profile consists of.
  public enum Message: UInt8, Sendable {
    /// The profile itself.
    case profile
    /// A sample type or the period type.
    case valueType
    /// A sample.
    case sample
    /// A label of a sample.
    case label
    /// A mapping.
    case mapping
    /// A location.
    case location
    /// A line of a location.
    case line
    /// A function.
    case function
  }

  /// The kind of message.
  public var message: Message
  /// Position of the entry in its table; of the sample for a label, of the location for a line.
  public var index: Int
  /// The field's number in `profile.proto`; 0 means the entry as a whole.
  public var field: Int
  /// Byte offset in the uncompressed message; nil if the profile was not read from bytes.
  public var offset: Int?

  /// A place of the given coordinates.
  public init(_ message: Message, index: Int = 0, field: Int = 0, offset: Int? = nil) {
    self.message = message
    self.index = index
    self.field = field
    self.offset = offset
  }
}

extension Place: CustomStringConvertible {
  /// For instance `sample[12].location_id at byte 3812`.
  public var description: String {
    var text: String
    switch message {
    case .profile: text = "profile"
    case .valueType: text = "sample_type[\(index)]"
    case .sample: text = "sample[\(index)]"
    case .label: text = "sample[\(index)].label"
    case .mapping: text = "mapping[\(index)]"
    case .location: text = "location[\(index)]"
    case .line: text = "location[\(index)].line"
    case .function: text = "function[\(index)]"
    }
    if field != 0 { text += "." + (fieldName ?? "field \(field)") }
    if let offset { text += " at byte \(offset)" }
    return text
  }

  /// The field's name in `profile.proto`, if it is one of its fields.
  private var fieldName: String? {
    let names: [String]
    switch message {
    case .profile:
      names = [
        "sample_type", "sample", "mapping", "location", "function", "string_table", "drop_frames", "keep_frames",
        "time_nanos", "duration_nanos", "period_type", "period", "comment", "default_sample_type", "doc_url",
      ]
    case .valueType: names = ["type", "unit"]
    case .sample: names = ["location_id", "value", "label"]
    case .label: names = ["key", "str", "num", "num_unit"]
    case .mapping:
      names = [
        "id", "memory_start", "memory_limit", "file_offset", "filename", "build_id", "has_functions", "has_filenames",
        "has_line_numbers", "has_inline_frames",
      ]
    case .location: names = ["id", "mapping_id", "address", "line", "is_folded"]
    case .line: names = ["function_id", "line", "column"]
    case .function: names = ["id", "name", "system_name", "filename", "start_line"]
    }
    return names.indices.contains(field - 1) ? names[field - 1] : nil
  }
}
