/// A regular expression in the syntax of RE2, as pprof's options take them.
///
/// It says whether a text contains a match; there are no captures. Time is linear in the text whatever the
/// expression, so one from an untrusted profile does no harm. An expression that is a list of plain words
/// (`malloc|free`, `^(main|start)$`) is searched for as such.
///
/// Source: https://github.com/google/re2/wiki/Syntax; the method is Thompson's, as described in Russ Cox, "Regular
/// Expression Matching Can Be Simple And Fast" (2007).
public struct Pattern: Sendable {
  /// The expression as it was given.
  public let expression: String
  private let method: Method

  private enum Method: Sendable {
    case words(WordSearch)
    case program(PatternProgram)
  }

  /// Compiles an expression.
  ///
  /// - Throws: if it is not one.
  public init(_ expression: String) throws(PatternError) {
    self.expression = expression
    do throws(PatternFault) {
      var parser = PatternParser(expression)
      let syntax = try parser.parse()
      if let words = WordSearch(syntax) {
        method = .words(words)
      } else {
        method = .program(try PatternProgram(syntax))
      }
    } catch {
      throw PatternError(expression: expression, reason: error.reason)
    }
  }

  /// Whether some part of `text` matches.
  ///
  /// - Complexity: linear in the text's length, times that of the expression.
  public func matches(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      switch method {
      case .words(let words): words.matches(bytes)
      case .program(let program): program.matches(bytes)
      }
    }
  }
}

/// An expression that is none.
public struct PatternError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The expression as it was given.
  public let expression: String
  /// What is wrong with it, in RE2's words, with the part that is to blame.
  public let reason: String

  /// What is wrong, in one sentence without a full stop.
  public var description: String { "bad expression \"\(expression)\": \(reason)" }
}

/// Why an expression cannot be compiled.
struct PatternFault: Error {
  let reason: String

  init(_ reason: String) { self.reason = reason }

  init(_ reason: String, _ part: String) { self.reason = "\(reason): `\(part)`" }
}
