import Foundation

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// What an XML parser says against a fragment; nil if it is well-formed.
func xmlError(_ fragment: String) -> String? {
  let parser = XMLParser(data: Data("<x>\(fragment)</x>".utf8))
  if parser.parse() { return nil }
  return "line \(parser.lineNumber), column \(parser.columnNumber): \(String(describing: parser.parserError))"
}
