/// What can be read of a JSON value.
package protocol ReadFromJSON {
  init(_ value: JSONValue) throws(JSONError)
}

extension ReadFromJSON {
  /// Reads the value in a JSON file, which may be damaged.
  /// - Throws: What `refusal` makes of what is wrong.
  package init<Refusal: Error>(json bytes: [UInt8], or refusal: (JSONError) -> Refusal) throws(Refusal) {
    do throws(JSONError) { try self.init(JSONReader.value(of: bytes)) } catch { throw refusal(error) }
  }
}

extension JSONValue {
  /// The member of that name of an object.
  package func member<Value: ReadFromJSON>(_ name: String) throws(JSONError) -> Value {
    guard let value = optional(name) else { throw JSONError("'\(name)' is missing") }
    return try Value(value)
  }

  package func optional(_ name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.0 == name }?.1
  }

  /// A member that is one of the words of an enumeration.
  package func word<Value: RawRepresentable<String>>(_ name: String) throws(JSONError) -> Value {
    let text: String = try member(name)
    guard let value = Value(rawValue: text) else { throw JSONError("'\(name)' is '\(text)', which is unknown") }
    return value
  }
}

extension String: ReadFromJSON {
  package init(_ value: JSONValue) throws(JSONError) {
    guard case .string(let text) = value else { throw JSONError("a text is missing") }
    self = text
  }
}

extension Int: ReadFromJSON {
  package init(_ value: JSONValue) throws(JSONError) {
    guard case .integer(let number) = value else { throw JSONError("a number is missing") }
    self = number
  }
}

extension Bool: ReadFromJSON {
  package init(_ value: JSONValue) throws(JSONError) {
    guard case .boolean(let flag) = value else { throw JSONError("a truth value is missing") }
    self = flag
  }
}

extension Array: ReadFromJSON where Element: ReadFromJSON {
  package init(_ value: JSONValue) throws(JSONError) {
    guard case .array(let values) = value else { throw JSONError("a list is missing") }
    self = []
    for value in values { append(try Element(value)) }
  }
}
