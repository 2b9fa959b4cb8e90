import ArgumentParser
import Foundation

struct CleanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clean", abstract: "Removes local captures and the generated site.")

  func run() throws {
    for path in [Workspace.localCaptures, Workspace.path(".lab/running"), Workspace.site] {
      guard FileManager.default.fileExists(atPath: path) else { continue }
      do { try FileManager.default.removeItem(atPath: path) } catch {
        throw LabError.failed("\(Workspace.relative(path)): cannot be removed: \(error.localizedDescription)")
      }
      print("removed \(Workspace.relative(path))")
    }
  }
}
