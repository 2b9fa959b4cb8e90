import CProfiler
import Findings

extension Habits {
  /// What of it is worth telling: what has passed the bounds of its kind, the gravest first.
  ///
  /// Tasks are told together that one function makes.
  func findings() -> [Finding] {
    let naming = HabitNaming(self)
    return (ofMakers(naming) + ofStarvation(naming) + ofPlaces(naming)).sorted()
  }

  // MARK: - Families

  /// The families of one maker.
  private struct Maker {
    var family = Family()
    var yields = Tally()
  }

  private func ofMakers(_ naming: HabitNaming) -> [Finding] {
    var makers: [String: Maker] = [:]
    for (creation, each) in families {
      var family = each
      if !naming.isDivision(creation) { (family.small, family.ended) = (0, 0) }
      makers[naming.maker(creation), default: Maker()].family.combine(family, +)
      for (place, tally) in family.waits where naming.isYield(place) {
        makers[naming.maker(creation), default: Maker()].yields.combine(tally, +)
      }
    }
    return makers.flatMap { name, maker in
      [Self.longRuns, Self.yields, Self.smallTasks, Self.shortVisits].compactMap { $0(name, maker) }
    }
  }

  private static func longRuns(_ name: String, _ maker: Maker) -> Finding? {
    let runs = maker.family.runs
    guard runs.count > 0 else { return nil }
    return Finding(.neverSuspends, subject: name, count: runs.count, measured: [.longest: runs.longest])
  }

  private static func yields(_ name: String, _ maker: Maker) -> Finding? {
    let (yields, all) = (maker.yields, maker.family.waited)
    guard all >= Finding.Bounds.wakes, yields.count * 2 > all else { return nil }
    let mean = yields.sum / yields.count
    guard mean < Finding.Bounds.look else { return nil }
    return Finding(.selfWakes, subject: name, count: yields.count, measured: [.outOf: all, .mean: mean])
  }

  private static func smallTasks(_ name: String, _ maker: Maker) -> Finding? {
    let (small, all) = (maker.family.small, maker.family.ended)
    guard all >= Finding.Bounds.tasks, small * 3 > all else { return nil }
    return Finding(.tooSmall, subject: name, count: small, measured: [.outOf: all])
  }

  private static func shortVisits(_ name: String, _ maker: Maker) -> Finding? {
    let (short, all) = (maker.family.short, maker.family.visits)
    guard all >= Finding.Bounds.visits, short.count * 2 >= all else { return nil }
    return Finding(
      .hopsBack, subject: name, count: short.count, measured: [.outOf: all, .mean: short.sum / short.count])
  }

  // MARK: - Threads of the pool

  /// Tasks that wait for one another while all threads work on what one function, or those whom it has made tasks for,
  /// have to do, are no fault: there is more to do than processors. It is one if threads wait meanwhile, or if others have
  /// to.
  private func ofStarvation(_ naming: HabitNaming) -> [Finding] {
    var keepers: [String: Tally] = [:]
    for (starvation, tally) in starvations {
      let keeper = naming.maker(starvation.keptBy)
      guard starvation.wasBlocked || !starvation.isOneWork && keeper != naming.maker(starvation.waiting) else {
        continue
      }
      keepers[keeper, default: Tally()].combine(tally, +)
    }
    return keepers.filter { $0.value.longest >= Finding.Bounds.starved }.map { keeper, tally in
      Finding(
        .poolStarved, subject: keeper, count: tally.count, measured: [.sum: tally.sum, .longest: tally.longest])
    }
  }

  // MARK: - Places

  private struct Line: Hashable {
    var kind: Finding.Kind
    var subject: String
    var on: String?
  }

  private func ofPlaces(_ naming: HabitNaming) -> [Finding] {
    var lines: [Line: Tally] = [:]
    for (place, tally) in places {
      guard let kind = Self.kinds[place.kind] else { continue }
      let on = kind == .resumedUnderLock ? nil : RecordedWaits.name(of: lab_wait_on(rawValue: place.on))
      lines[Line(kind: kind, subject: naming.line(place.stack), on: on), default: Tally()].combine(tally, +)
    }
    return lines.filter { Self.isWorthTelling($0.key.kind, $0.value) }.map { line, tally in
      let times: [Finding.Measure: Int] =
        line.kind == .resumedUnderLock ? [:] : [.sum: tally.sum, .longest: tally.longest]
      return Finding(line.kind, subject: line.subject, count: tally.count, measured: times, on: line.on)
    }
  }

  private static let kinds: [UInt32: Finding.Kind] = [
    LAB_PLACE_BLOCKS_POOL.rawValue: .blocksThePool, LAB_PLACE_HOLDS_LOCK.rawValue: .lockAcrossBlockingCall,
    LAB_PLACE_RESUMES_LOCKED.rawValue: .resumedUnderLock,
  ]

  private static func isWorthTelling(_ kind: Finding.Kind, _ tally: Tally) -> Bool {
    switch kind {
    case .blocksThePool: tally.sum >= Finding.Bounds.blocked && tally.longest >= Finding.Bounds.blocks
    case .lockAcrossBlockingCall: tally.sum >= Finding.Bounds.held
    default: tally.count > 0
    }
  }
}

extension Habits.Starvation {
  /// Whether one of the two has made tasks that led to the other.
  fileprivate var isOneWork: Bool { lab_family_makes(keptBy, waiting) || lab_family_makes(waiting, keptBy) }
}
