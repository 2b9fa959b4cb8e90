import Foundation
import Platform

/// The processes of the system, as /proc tells of them.
enum ProcessTree {
  /// A process.
  struct Entry {
    var id: pid_t
    var parent: pid_t
    /// Whether it has ended and only its parent has not taken note yet.
    var hasEnded: Bool
    /// Clock ticks that it used, with those of its children that have ended.
    var ticks: Int
    var residentPages: Int

    /// A line of /proc/PID/stat: `7 (name) S 1 …`. The name may have spaces and parentheses in it.
    init?(_ line: String) {
      guard let name = line.firstIndex(of: "("), let end = line.lastIndex(of: ")"),
        let id = pid_t(line[..<name].trimmingCharacters(in: .whitespaces))
      else { return nil }
      let fields = line[end...].dropFirst().split(separator: " ")
      guard fields.count > 21, let parent = pid_t(fields[1]) else { return nil }
      (self.id, self.parent) = (id, parent)
      hasEnded = ["Z", "X"].contains(fields[0])
      ticks = fields[11..<15].reduce(0) { $0 + (Int($1) ?? 0) }
      residentPages = Int(fields[21]) ?? 0
    }
  }

  /// All that descend from a process, itself not counted, in no order.
  static func below(_ root: pid_t) -> [Entry] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    let all = names.compactMap { pid_t($0) }.compactMap { Entry(text(of: "/proc/\($0)/stat")) }
    let children = Dictionary(grouping: all, by: \.parent)
    var found: [Entry] = []
    var next = children[root] ?? []
    while let entry = next.popLast() {
      found.append(entry)
      next += children[entry.id] ?? []
    }
    return found
  }

  /// How many threads there are. The fourth field of /proc/loadavg says it: `2/345`.
  static func threadsOfTheSystem() -> Int {
    let fields = text(of: "/proc/loadavg").split(separator: " ")
    return fields.count > 3 ? fields[3].split(separator: "/").last.flatMap { Int($0) } ?? 0 : 0
  }

  /// The first kilobytes of a file; empty if it cannot be read.
  static func text(of path: String) -> String {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return "" }
    defer { close(file) }
    return withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { buffer in
      let count = read(file, buffer.baseAddress, buffer.count)
      return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : ""
    }
  }
}
