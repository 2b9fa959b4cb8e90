/// The place in the program that a node of a report stands for.
///
/// How much of it is filled in depends on the report's granularity: at the granularity of functions only the name is.
/// Source: google/pprof, `internal/graph/graph.go` (`NodeInfo`).
public struct Frame: Sendable, Hashable {
  /// The function's name; empty if unknown.
  public var name: String
  /// The instruction's address; 0 if the report does not go down to addresses.
  public var address: UInt64
  /// The source file, lexically cleaned; empty if unknown or not asked for.
  public var file: String
  /// The line the function begins at; 0 if unknown.
  public var startLine: Int64
  /// The line number from 1; 0 if unknown or not asked for.
  public var line: Int64
  /// The column from 1; 0 if unknown or not asked for.
  public var column: Int64
  /// The path of the binary; filled in where nothing better is known, or where the report needs it.
  public var objectFile: String

  /// A place of the given parts.
  public init(
    name: String = "", address: UInt64 = 0, file: String = "", startLine: Int64 = 0, line: Int64 = 0,
    column: Int64 = 0, objectFile: String = ""
  ) {
    self.name = name
    self.address = address
    self.file = file
    self.startLine = startLine
    self.line = line
    self.column = column
    self.objectFile = objectFile
  }
}

extension Frame {
  /// The name for people in one line, e.g. `0000000000401020 decode Sources/Batch.swift:12`.
  public var printableName: String {
    if address == 0, line == 0, file.isEmpty, !name.isEmpty { return name }
    return nameComponents.joined(separator: " ")
  }

  /// The parts of the name for people: address, function, and file with line, or what else is known; never empty.
  public var nameComponents: [String] {
    var parts: [String] = []
    if address != 0 { parts.append(hexadecimal(address, width: 16)) }
    if !name.isEmpty { parts.append(name) }
    if line != 0 {
      parts.append(column == 0 ? "\(file):\(line)" : "\(file):\(line):\(column)")
    } else if !file.isEmpty {
      parts.append(file)
    } else if name.isEmpty {
      parts.append(objectFile.isEmpty ? "<unknown>" : "[\(SlashPath.base(objectFile))]")
    }
    return parts
  }

  /// The frame of the whole function that this one lies in.
  var function: Frame {
    guard address != 0 || line != 0 else { return self }
    var whole = self
    whole.address = 0
    whole.line = 0
    whole.column = 0
    return whole
  }
}

/// A number in lower-case hexadecimal, with leading zeros up to the width.
func hexadecimal(_ number: UInt64, width: Int = 0) -> String {
  let digits = String(number, radix: 16)
  return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}
