import Analysis
import Foundation

/// What pages claim, as it was published and as it comes out on this machine.
struct Reproduction {
  /// One claim, measured twice.
  struct Row {
    /// What was measured, in a phrase.
    var question: String
    var capture: CaptureName
    var bound: String
    /// The measured values with their errors.
    var published: String
    var here: String
    var outcome: Outcome
  }

  /// How a claim came out here, beside the published capture.
  enum Outcome: Equatable {
    /// It holds, and is what was published, as far as chance lets one tell.
    case same
    /// It holds, though the value moved further than chance would have it.
    case moved
    /// It holds, at another value; how far chance may move it nobody knows.
    case holds
    /// It does not hold here.
    case differs
    /// It could not be measured here.
    case missing(String)
  }

  var rows: [Row]
  /// What differs between the machines, in words: the reasons that there may be.
  let machines: [MachineDifference]

  /// Measures the claims on the captures that are published and on those made here, and on no mixture of both.
  ///
  /// - Throws: a `LabError` or a `ClaimError` of a claim that cannot be measured on the published captures.
  init(_ evidence: PageEvidence, published: any CaptureSource, here: any CaptureSource) throws {
    rows = try evidence.claims.map { reference in
      let claim = try Claim(items: reference.parameters.map { ($0.name, $0.value) })
      guard let name = CaptureName(reference.capture)?.ofKindsOwnName else {
        throw LabError.failed("'\(reference.capture)' is no capture")
      }
      let there = try claim.evaluate(on: published.named(name), other: published.named).measurement
      var row = Row(
        question: there.meaning, capture: name, bound: claim.bound.description(in: there.unit),
        published: there.description, here: "", outcome: .same)
      do {
        let (own, holds) = try claim.evaluate(on: here.named(name), other: here.named)
        row.here = own.description
        row.outcome = Self.outcome(own, there, holds: holds)
      } catch { row.outcome = .missing("\(error)") }
      return row
    }
    let names = Set(rows.map(\.capture)).sorted { "\($0)" < "\($1)" }
    machines = MachineDifference.all(
      names.compactMap { try? published.named($0).provenance }, names.compactMap { try? here.named($0).provenance })
  }

  private static func outcome(
    _ here: Analysis.Measurement, _ published: Analysis.Measurement, holds: Bool
  ) -> Outcome {
    guard holds else { return .differs }
    let change = Estimate(here.value, error: here.error).difference(
      to: Estimate(published.value, error: published.error))
    if here.description == published.description || change.isNoise() { return .same }
    return change.error == nil ? .holds : .moved
  }

  /// How many claims hold here, of how many.
  var holding: Int { rows.count { [.same, .moved, .holds].contains($0.outcome) } }
  /// Whether all of them do.
  var hasSameShape: Bool { holding == rows.count }
}

/// The captures made on this machine, and no published one in their stead.
struct LocalCaptures: CaptureSource {
  let library: CaptureLibrary

  func named(_ name: CaptureName) throws -> Capture {
    let (capture, origin) = try library.capture(name)
    guard origin == .local else { throw LabError.failed("no capture \(name.ofKindsOwnName) was made here") }
    return capture
  }

  func both(_ name: CaptureName) throws -> (published: Capture?, local: Capture?) {
    (nil, try library.both(name).local)
  }
}

/// Something in which the machine here is not the one that was published from.
struct MachineDifference: Equatable {
  var name: String
  var published: String
  var here: String

  /// All that differ; of captures that were made on several machines, each of these is named.
  static func all(_ published: [Provenance], _ here: [Provenance]) -> [MachineDifference] {
    func values(_ provenances: [Provenance], _ value: (Provenance) -> String) -> String {
      Set(provenances.map(value)).sorted().joined(separator: " or ")
    }
    let properties: [(String, (Provenance) -> String)] = [
      ("processor", { $0.machine.processor }), ("cores", { String($0.machine.cores) }),
      ("build", { $0.build }), ("toolchain", { $0.machine.toolchain }), ("system", { $0.machine.system }),
      ("kernel", { $0.machine.kernel }),
    ]
    return properties.map {
      MachineDifference(name: $0.0, published: values(published, $0.1), here: values(here, $0.1))
    }.filter { $0.published != $0.here && !$0.here.isEmpty }
  }
}
