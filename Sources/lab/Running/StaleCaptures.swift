import Analysis
import Foundation
import Profiling
import ScenarioRunning
import Scenarios

/// The captures that must be made before the site can be.
struct StaleCaptures {
  /// Which of them are asked for.
  var wants: (Scenario, ProfileKind) -> Bool = { _, _ in true }
  /// Whether those are made anew that are fresh.
  var makesAll = false

  /// Makes them and returns what went wrong, in sentences; one failure does not keep the others from being made.
  func capture() -> [String] {
    var failures: [String] = []
    for scenario in Scenario.all {
      for variant in Scenario.Variant.allCases {
        for kind in scenario.profiles where wants(scenario, kind) {
          do {
            if try !makesAll && isFresh(scenario, variant, kind) { continue }
            _ = try ScenarioLauncher().capture(scenario, variant, kind: kind) { captured in
              CaptureFiles(
                CaptureName(scenario: scenario.id, variant: variant.rawValue, kind: captured),
                in: Workspace.localCaptures)
            }
          } catch { failures.append("\(error)") }
        }
      }
    }
    return failures
  }

  private func isFresh(_ scenario: Scenario, _ variant: Scenario.Variant, _ kind: ProfileKind) throws -> Bool {
    let parameters = try Arguments(for: scenario).values
    let key = try CaptureKey.current(for: scenario, kind: kind.name, parameters: parameters)
    return scenario.captureKinds(of: kind).allSatisfy { captured in
      let name = CaptureName(scenario: scenario.id, variant: variant.rawValue, kind: captured)
      let files = CaptureFiles(name, in: Workspace.localCaptures)
      return files.exist && (try? CaptureStore.readProvenance(files))?.key == key
    }
  }
}
