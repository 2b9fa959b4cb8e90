extension Finding: CustomStringConvertible {
  /// The finding as one would say it, with what was measured, the bound, and the lesson that tells more.
  public var description: String { sentence }

  /// The same: one line.
  public var sentence: String { "\(told) (\(kind.rawValue), from \(kind.threshold) on; lesson \(kind.lesson))" }

  private var told: String {
    switch kind {
    case .poolStarved:
      """
      \(tasks(count)) waited up to \(words(self[.longest])), \(words(self[.sum])) in all, for a thread of the pool that \
      tasks made by \(subject) kept
      """
    case .blocksThePool:
      """
      \(subject) waited \(times(count))\(waitedOn) on threads of the pool, \(words(self[.sum])) of it while tasks \
      were ready to run there
      """
    case .neverSuspends:
      """
      tasks made by \(subject) ran \(times(count)) for long without suspending, up to \(words(self[.longest])), and \
      kept their threads from others
      """
    case .selfWakes:
      """
      tasks made by \(subject) waited to be resumed \(times(self[.outOf])), and \(times(count)) of these only to \
      yield, after \(words(self[.mean])) of work: they look instead of awaiting what they look for
      """
    case .tooSmall:
      """
      of \(tasks(self[.outOf])) made by \(subject) \(share) ran for less than \(words(Bounds.task)) in all: the work \
      is too finely divided
      """
    case .hopsBack:
      """
      of \(grouped(self[.outOf])) visits of actors by tasks made by \(subject) \(share) took \(words(self[.mean])) and \
      led back to where the task came from
      """
    case .resumedUnderLock:
      "\(subject) resumed a task \(times(count)) while it held a lock, which that task may ask for"
    case .lockAcrossBlockingCall:
      """
      \(subject) waited \(times(count))\(waitedOn), \(words(self[.sum])) in all, holding a lock, queue or actor that others waited for
      """
    case .keepsActor:
      """
      tasks made by \(subject) stayed on \(on ?? "an actor") for long \(times(count)), up to \(words(self[.longest])), \
      while others waited for it, \(words(self[.sum])) in all
      """
    case .idleWhileReady:
      """
      for \(share(of: .sum, in: .whole)) of the processors' time nothing of a task ran though tasks were ready: it went \
      into handing threads over, \(times(count)), mostly to tasks made by \(subject)
      """
    }
  }

  private var waitedOn: String { on.map { " in a \($0)" } ?? "" }

  private var share: String {
    let percent = self[.outOf] == 0 ? 0 : (100 * Double(count) / Double(self[.outOf])).rounded(.down)
    return "\(Int(percent)) %"
  }

  private func share(of part: Measure, in whole: Measure) -> String {
    "\(self[whole] == 0 ? 0 : Int((100 * Double(self[part]) / Double(self[whole])).rounded(.down))) %"
  }

  private func tasks(_ count: Int) -> String { count == 1 ? "1 task" : "\(grouped(count)) tasks" }

  private func times(_ count: Int) -> String { count == 1 ? "once" : "\(grouped(count)) times" }
}

/// A number in groups of three: `1,234,567`.
func grouped(_ number: Int) -> String {
  let digits = Array(String(number.magnitude))
  let groups = digits.enumerated().map { place, digit in
    place > 0 && (digits.count - place).isMultiple(of: 3) ? ",\(digit)" : "\(digit)"
  }
  return (number < 0 ? "-" : "") + groups.joined()
}

/// A time as one says it, with two digits: `850 ns`, `2 µs`, `1.1 s`.
func words(_ nanoseconds: Int) -> String {
  let units: [(name: String, length: Int)] = [("s", 1_000_000_000), ("ms", 1_000_000), ("µs", 1_000), ("ns", 1)]
  let unit = units.first { nanoseconds >= $0.length } ?? ("ns", 1)
  let (whole, rest) = nanoseconds.quotientAndRemainder(dividingBy: unit.length)
  let tenths = rest * 10 / unit.length
  return whole >= 10 || tenths == 0 ? "\(grouped(whole)) \(unit.name)" : "\(whole).\(tenths) \(unit.name)"
}
