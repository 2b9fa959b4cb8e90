import Foundation
import Platform
import Profiling
import Symbolization

/// The file of a program to record, as far as it decides whether and how well that can be done.
struct ProgramFile {
  let path: String
  let isPrivileged: Bool
  /// Nil for a script.
  let elf: ElfSummary?

  /// Finds the program as a shell would and reads what its file says of itself.
  init(named name: String) throws {
    path = try Self.resolve(name)
    var status = stat()
    stat(path, &status)
    let changesUser = status.st_mode & S_ISUID != 0 && status.st_uid != getuid()
    let changesGroup = status.st_mode & S_ISGID != 0 && status.st_gid != getgid()
    isPrivileged = changesUser || changesGroup
    elf = try? ElfSummary(contentsOf: path)
  }

  /// What the user should know before the program starts.
  /// - Parameter kind: What is written of it; nil if nothing is.
  func notes(on kind: ProfileKind?) -> (canBeProfiled: Bool, lines: [String]) {
    let name = URL(fileURLWithPath: path).lastPathComponent
    if isPrivileged {
      return (
        false, ["\(name) runs with privileges of its own, so nothing can be preloaded; it runs without a profile"]
      )
    }
    guard let elf else {
      return (true, ["\(name) is a script: its interpreter is profiled, not the programs that it starts"])
    }
    if !elf.isDynamic && !elf.hasProfiler {
      return (false, ["\(name) is linked statically, so nothing can be preloaded; it runs without a profile"])
    }
    if let sanitizer = elf.sanitizer {
      return (false, ["\(name) is built with \(sanitizer), which must come first; it runs without a profile"])
    }
    if elf.hasStaticSwift && kind?.needsSharedSwift == true && !elf.hasProfiler {
      return (
        false,
        ["\(name) has the Swift library linked statically, where its calls cannot be seen; it runs without a profile"]
      )
    }
    if elf.hasStaticSwift && !elf.hasProfiler {
      if let loss = kind?.lossInStaticSwift(elf.hasSymbols) {
        return (true, ["\(name) has the Swift library linked statically: \(loss)"])
      }
    }
    return (true, [])
  }

  private static func resolve(_ name: String) throws -> String {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
    let candidates = name.contains("/") ? [name] : folders.map { "\($0)/\(name)" }
    var isFolder: ObjCBool = false
    let found = candidates.first {
      access($0, X_OK) == 0 && FileManager.default.fileExists(atPath: $0, isDirectory: &isFolder) && !isFolder.boolValue
    }
    guard let found else { throw LabError.usage("no program '\(name)' that can be run") }
    return found
  }
}
