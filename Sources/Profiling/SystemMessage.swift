import Platform

/// The C library's words for an `errno`.
func systemMessage(_ code: Int32) -> String {
  guard code != 0, let text = strerror(code) else { return "unknown error" }
  return String(cString: text)
}
