import Foundation

/// Heading ids as MkDocs (Python-Markdown's `toc` extension, `slugify` and `unique`) makes them, so that links carry over.
struct HeadingIDs {
  private var used: Set<String> = []
  /// The last number given out for a base, so that a thousand equal headings cost a thousand steps.
  private var numbers: [String: Int] = [:]
  /// Whether ids keep letters of all scripts.
  var keepsLetters = false

  /// An id for a heading of this text that no other on the page has.
  mutating func make(for heading: String) -> String {
    var id = keepsLetters ? Self.letters(heading) : Self.slug(heading)
    if id.isEmpty || used.contains(id) {
      var base = id
      var number = 0
      if let underscore = id.lastIndex(of: "_"), let suffix = Int(id[id.index(after: underscore)...]), suffix >= 0 {
        (base, number) = (String(id[..<underscore]), min(suffix, .max - 1_000_000))
      }
      number = max(number, numbers[base] ?? 0)
      repeat {
        number += 1
        id = "\(base)_\(number)"
      } while used.contains(id)
      numbers[base] = number
    }
    used.insert(id)
    return id
  }

  /// Takes an id that the author gave; false if the page has it already.
  mutating func take(_ id: String) -> Bool { used.insert(id).inserted }

  func contains(_ id: String) -> Bool { used.contains(id) }

  /// As PyMdown's `slugify` makes them in lower case: letters and digits of all scripts, `_` and `-`, each space a `-`.
  static func letters(_ heading: String) -> String {
    let kept = heading.trimmed.precomposedStringWithCanonicalMapping.lowercased().unicodeScalars.filter { scalar in
      scalar == " " || scalar == "-" || scalar == "_" || CharacterSet.alphanumerics.contains(scalar)
    }
    return String(String.UnicodeScalarView(kept)).replacing(" ", with: "-")
  }

  /// Compatibility-decomposed, reduced to ASCII letters, digits, `_`, `-`; white space becomes one `-`; lower case.
  static func slug(_ heading: String) -> String {
    let isASCII = heading.utf8.allSatisfy { $0 < 0x80 }
    let source = isASCII ? heading : heading.decomposedStringWithCompatibilityMapping
    var kept: [UInt8] = []
    kept.reserveCapacity(source.utf8.count)
    for byte in source.utf8 {
      switch byte {
      case 0x41...0x5a: kept.append(byte | 0x20)
      case 0x30...0x39, 0x61...0x7a, UInt8(ascii: "_"), UInt8(ascii: "-"): kept.append(byte)
      case 0x09...0x0d, 0x1c...0x20: kept.append(UInt8(ascii: " "))
      default: break
      }
    }
    let trimmed = kept.drop { $0 == 0x20 }
    let end: Int = trimmed.lastIndex { $0 != 0x20 } ?? trimmed.startIndex - 1
    var slug: [UInt8] = []
    slug.reserveCapacity(trimmed.count)
    for byte in trimmed[..<max(trimmed.startIndex, end + 1)] {
      if byte == 0x20 || byte == UInt8(ascii: "-") {
        if slug.last != UInt8(ascii: "-") { slug.append(UInt8(ascii: "-")) }
      } else {
        slug.append(byte)
      }
    }
    return String(decoding: slug, as: UTF8.self)
  }
}
