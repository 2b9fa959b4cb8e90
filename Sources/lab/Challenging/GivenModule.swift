import Foundation
import ScenarioRunning

/// A challenge's `Given.swift`, compiled: once, and again when it has changed.
struct GivenModule {
  let challenge: Challenge
  let keeper: String

  /// Where module and object file lie; nil if the challenge gives nothing.
  /// - Throws: a `LabError` if it does not compile, which is the challenge's own fault.
  func folder() throws -> String? {
    guard let text = challenge.file("Given.swift") else { return nil }
    var digest = Digest()
    digest.addPiece(text.utf8)
    digest.addPiece(Toolchain.current.utf8)
    let folder = "\(Workspace.scratch)/challenges/\(challenge.id)/given/\(digest.text)"
    if FileManager.default.fileExists(atPath: folder) { return folder }
    let scratch = "\(folder)-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: scratch) }
    let compiler = ChallengeCompiler(challenge: challenge, folder: scratch, keeper: keeper)
    try compiler.write(text, "Given.swift")
    let compilation = try compiler.compileModule("Given")
    guard compilation.isRunnable else {
      throw LabError.failed("\(challenge.id)/Given.swift does not compile\n\(compilation.said)")
    }
    // Another may have been faster.
    try? FileManager.default.moveItem(atPath: scratch, toPath: folder)
    return folder
  }
}
