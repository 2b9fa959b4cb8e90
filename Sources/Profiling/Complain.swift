import Platform

/// Says one line on stderr, where the profiler has nobody to throw an error to.
package func complain(_ text: String) {
  let line = Array("\(text)\n".utf8)
  _ = write(STDERR_FILENO, line, line.count)
}
