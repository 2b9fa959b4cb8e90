import Analysis
import Foundation
import Profiling
import ScenarioRunning
import Scenarios
import Synchronization

/// The captures that a site is made from: those made here, and in their absence the published ones.
final class CaptureLibrary: CaptureSource {
  /// Where a capture comes from.
  enum Origin: Sendable { case published, local }

  /// Whether captures made on this machine are used.
  let usesLocal: Bool
  /// Where these lie.
  let folder: String
  private let cache = Mutex<[CaptureName: (Capture, Origin)]>([:])

  init(usesLocal: Bool, folder: String = Workspace.localCaptures) {
    self.usesLocal = usesLocal
    self.folder = folder
  }

  /// The capture of the given name.
  ///
  /// - Throws: a `LabError` that names the missing or unreadable capture and the command that makes it.
  func capture(_ name: CaptureName) throws -> (capture: Capture, origin: Origin) {
    if let known = cache.withLock({ $0[name] }) { return known }
    let found = try read(name)
    cache.withLock { $0[name] = found }
    return found
  }

  func named(_ name: CaptureName) throws -> Capture { try capture(name).capture }

  /// The published capture and the one made here, as far as they are there and local ones are used.
  func both(_ name: CaptureName) throws -> (published: Capture?, local: Capture?) {
    let name = name.ofKindsOwnName
    let (published, local) = (
      CaptureFiles(name, in: Workspace.publishedCaptures), CaptureFiles(name, in: folder)
    )
    return (
      published.exist ? try CaptureStore.read(published) : nil,
      usesLocal && local.exist ? try CaptureStore.read(local) : nil
    )
  }

  /// The files that `capture(_:)` reads.
  func files(_ name: CaptureName) throws -> (files: CaptureFiles, origin: Origin) {
    let name = name.ofKindsOwnName
    guard let scenario = Scenario.named(name.scenario) else {
      throw LabError.failed("no such scenario '\(name.scenario)'")
    }
    guard Scenario.Variant(rawValue: name.variant) != nil else {
      throw LabError.failed("no such variant '\(name.variant)': it is faulty or fixed")
    }
    guard scenario.captureKinds.contains(name.kind) else {
      let kinds = scenario.captureKinds.joined(separator: ", ")
      throw LabError.failed("the scenario '\(scenario.id)' has no profile '\(name.kind)'; it has: \(kinds)")
    }
    let local = CaptureFiles(name, in: folder)
    if usesLocal, local.exist { return (local, .local) }
    let published = CaptureFiles(name, in: Workspace.publishedCaptures)
    if published.exist { return (published, .published) }
    throw LabError.failed(
      "no capture \(name): make it with ./lab run \(name.scenario) --variant \(name.variant) --profile \(name.profileKind)"
    )
  }

  private func read(_ name: CaptureName) throws -> (Capture, Origin) {
    let (files, origin) = try files(name)
    return (try CaptureStore.read(files), origin)
  }
}

extension CaptureName {
  /// The same with the kind called by its own name, if it was called by another.
  var ofKindsOwnName: CaptureName {
    guard round == nil, let own = ProfileKind.named(kind)?.name else { return self }
    return with(kind: own)
  }

  /// Every capture that the scenarios' lessons may use, in order.
  static var all: [CaptureName] {
    Scenario.all.flatMap { scenario in
      Scenario.Variant.allCases.flatMap { variant in
        scenario.captureKinds.map { CaptureName(scenario: scenario.id, variant: variant.rawValue, kind: $0) }
      }
    }
  }
}
