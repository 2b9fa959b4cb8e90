import Platform

/// A bar on a terminal; one plain line, when done, anywhere else.
struct ProgressBar: Sendable {
  private let label: String
  private let isTerminal = isatty(2) == 1
  private let width = 30

  init(label: String) {
    self.label = label
    show(0)
  }

  /// Shows that `share`, between 0 and 1, is done.
  func show(_ share: Double) {
    guard isTerminal else { return }
    let filled = Int(max(0, min(1, share)) * Double(width))
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    writeToStandardError("\r\u{1B}[K\(label) \(bar) \(Int(share * 100)) %")
  }

  /// Ends the line.
  func finish() {
    writeToStandardError(isTerminal ? "\r\u{1B}[K" : "ran \(label)\n")
  }
}
