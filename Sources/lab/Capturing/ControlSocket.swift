import Foundation
import Platform

/// Where the control socket of a running program is, as seen from here: by the id that the program has for itself, and in
/// the files that it sees, for it may live in a container.
struct ControlSocket {
  let process: Int32
  let path: String

  /// Finds it.
  /// - Throws: `LabError.failed` that says how to ask for one, or why it cannot be seen.
  init(of process: Int32) throws {
    self.process = process
    guard process > 0, kill(process, 0) == 0 || errno == EPERM else {
      throw LabError.failed("there is no process \(process)")
    }
    let name = Self.name(of: process)
    guard let inner = Self.innermostID(process), let namespace = Self.inode("/proc/\(process)/ns/pid"),
      FileManager.default.fileExists(atPath: "/proc/\(process)/root/")
    else {
      throw LabError.failed("process \(process)\(name) is another user's, or may not be looked at: try it as root")
    }
    let file = "\(inner)-\(namespace).sock"
    let isElsewhere = Self.inode("/proc/\(process)/ns/mnt") != Self.inode("/proc/self/ns/mnt")
    let root = isElsewhere ? "/proc/\(process)/root" : ""
    let found = Self.folders(process, root).lazy.map { "\($0)/\(file)" }.first {
      FileManager.default.fileExists(atPath: $0)
    }
    guard let found else {
      throw LabError.failed(
        "process \(process)\(name) has no control socket: start it with 'lab record --control -- …', or, if it links "
          + "Profiling, with LAB_CONTROL=1")
    }
    path = found
  }

  private static func name(of process: Int32) -> String {
    guard let text = try? String(contentsOfFile: "/proc/\(process)/comm", encoding: .utf8) else { return "" }
    return " (\(text.trimmingCharacters(in: .newlines)))"
  }

  /// The id that a process has in the innermost of the namespaces that it has one in.
  private static func innermostID(_ process: Int32) -> Int32? {
    let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
    let line = status?.split(separator: "\n").first { $0.hasPrefix("NSpid:") }
    return line?.split(whereSeparator: \.isWhitespace).last.flatMap { Int32($0) }
  }

  private static func inode(_ path: String) -> UInt64? {
    var status = stat()
    return stat(path, &status) == 0 ? UInt64(status.st_ino) : nil
  }

  /// Folders that it may lie in: whose name tells the user as the program knows him, which here may be another number.
  private static func folders(_ process: Int32, _ root: String) -> [String] {
    let folder = "swift-diagnostics-lab"
    let environment = FileManager.default.contents(atPath: "/proc/\(process)/environ") ?? Data()
    let theirs = environment.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
      .first { $0.hasPrefix("XDG_RUNTIME_DIR=/") }.map { String($0.dropFirst("XDG_RUNTIME_DIR=".count)) }
    let ours = ProcessInfo.processInfo.environment["XDG_RUNTIME_DIR"]
    let temporary = (try? FileManager.default.contentsOfDirectory(atPath: root + "/tmp")) ?? []
    return [theirs, ours].compactMap { $0 }.filter { $0.hasPrefix("/") }.map { "\(root)\($0)/\(folder)" }
      + temporary.filter { $0.hasPrefix(folder + "-") }.sorted().map { "\(root)/tmp/\($0)" }
  }
}
