import Pprof

/// What is told apart when samples are counted together.
public struct Aggregation: Sendable, Hashable {
  /// Whether inlined functions are frames of their own.
  public var inlineFrames: Bool
  /// Whether functions are told apart.
  public var functions: Bool
  /// Whether source files are.
  public var filenames: Bool
  /// Whether lines are.
  public var lineNumbers: Bool
  /// Whether columns are.
  public var columns: Bool
  /// Whether addresses are.
  public var addresses: Bool

  /// Tells apart what is named.
  public init(
    inlineFrames: Bool = true, functions: Bool = false, filenames: Bool = false, lineNumbers: Bool = false,
    columns: Bool = false, addresses: Bool = false
  ) {
    self.inlineFrames = inlineFrames
    self.functions = functions
    self.filenames = filenames
    self.lineNumbers = lineNumbers
    self.columns = columns
    self.addresses = addresses
  }
}

/// How finely a report tells places apart; the names are pprof's options.
public enum Granularity: String, Sendable, CaseIterable {
  /// One entry a function.
  case functions
  /// One entry a function and file.
  case filefunctions
  /// One entry a file.
  case files
  /// One entry a line.
  case lines
  /// One entry an instruction.
  case addresses
}

extension Profile {
  /// Forgets what is finer than the granularity.
  ///
  /// Columns are kept only if asked for, and with addresses all is kept unless inlined frames are not wanted.
  ///
  /// Source: google/pprof, `internal/driver/driver.go`, `aggregate`.
  public mutating func aggregate(by granularity: Granularity, inlineFrames: Bool = true, columns: Bool = false) {
    var kept = Aggregation(inlineFrames: inlineFrames, columns: columns)
    switch granularity {
    case .functions: kept.functions = true
    case .filefunctions:
      kept.functions = true
      kept.filenames = true
    case .files: kept.filenames = true
    case .lines:
      kept.functions = true
      kept.filenames = true
      kept.lineNumbers = true
    case .addresses:
      if inlineFrames { return }
      kept = Aggregation(
        inlineFrames: false, functions: true, filenames: true, lineNumbers: true, columns: columns, addresses: true)
    }
    aggregate(keeping: kept)
  }

  /// Forgets what is not kept: names become empty, numbers 0, and of inlined frames only the outermost remains.
  ///
  /// Entries that have become equal are not joined; `compacted()` does that.
  ///
  /// Source: google/pprof, `profile.go`, `Aggregate`.
  public mutating func aggregate(keeping kept: Aggregation) {
    for index in mappings.indices {
      mappings[index].hasInlineFrames = mappings[index].hasInlineFrames && kept.inlineFrames
      mappings[index].hasFunctions = mappings[index].hasFunctions && kept.functions
      mappings[index].hasFilenames = mappings[index].hasFilenames && kept.filenames
      mappings[index].hasLineNumbers = mappings[index].hasLineNumbers && kept.lineNumbers
    }
    for index in functions.indices {
      if !kept.functions {
        functions[index].name = ""
        functions[index].systemName = ""
      }
      if !kept.filenames { functions[index].filename = "" }
    }
    for index in locations.indices {
      if !kept.inlineFrames, let outermost = locations[index].lines.last { locations[index].lines = [outermost] }
      for line in locations[index].lines.indices {
        if !kept.lineNumbers { locations[index].lines[line].line = 0 }
        if !kept.lineNumbers || !kept.columns { locations[index].lines[line].column = 0 }
      }
      if !kept.addresses { locations[index].address = 0 }
    }
  }
}
