import ArgumentParser
import Foundation

struct CleanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clean",
    abstract: "Removes local captures, the generated site, and what was compiled for edits and challenges.",
    discussion: "Readers' files and their progress stay.")

  func run() throws {
    let compiled = try Challenge.all().flatMap { challenge in
      ["built", "given"].map { "\(Workspace.scratch)/challenges/\(challenge.id)/\($0)" }
    }
    let made = [Workspace.localCaptures, Workspace.path(".lab/running"), Workspace.site, EditedProgram.modules]
    for path in made + compiled {
      guard FileManager.default.fileExists(atPath: path) else { continue }
      do { try FileManager.default.removeItem(atPath: path) } catch {
        throw LabError.failed("\(Workspace.relative(path)): cannot be removed: \(error.localizedDescription)")
      }
      print("removed \(Workspace.relative(path))")
    }
  }
}
