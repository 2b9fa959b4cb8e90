import Analysis
import Foundation

extension Provenance.Machine {
  /// This machine, as `/proc` and `/etc/os-release` describe it.
  public static func current(toolchain: String) -> Provenance.Machine {
    Provenance.Machine(
      processor: value(of: "model name", in: "/proc/cpuinfo", separator: ":") ?? "unknown processor",
      cores: ProcessInfo.processInfo.activeProcessorCount,
      kernel: (try? String(contentsOfFile: "/proc/sys/kernel/osrelease", encoding: .utf8))?
        .trimmingCharacters(in: .whitespacesAndNewlines) ?? "unknown",
      system: value(of: "PRETTY_NAME", in: "/etc/os-release", separator: "=") ?? "Linux",
      toolchain: toolchain)
  }

  private static func value(of name: String, in file: String, separator: Character) -> String? {
    guard let text = try? String(contentsOfFile: file, encoding: .utf8),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix(name) }),
      let start = line.firstIndex(of: separator)
    else { return nil }
    return line[line.index(after: start)...].trimmingCharacters(in: .whitespaces.union(["\""]))
  }
}
