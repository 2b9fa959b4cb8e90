import HTTPMessages
import Leaks
import Pprof
import PprofOperations
import Profiling

/// What is looked at, having been recorded before.
extension ProfilingHandler {
  func look(_ look: ServedLook, _ request: ProfilingRequest) -> Reply {
    let debug = request.query["debug"].flatMap { Int($0) } ?? 0
    if let seconds = request.query["seconds"], !seconds.isEmpty { return delta(look, seconds: seconds, debug: debug) }
    return Reply { [self] in
      do {
        if debug >= 2, let pages = look.pages(options) {
          return ProfilingResponse(type: "text/plain; charset=utf-8", body: .pieces(pages))
        }
        let profile = told(
          try look.sinceLast ? deltas.change(of: look.name, to: look.profile) : look.profile())
        if debug > 0 { return .text(try look.words() ?? legacyText(of: profile, named: look.name)) }
        return .file(try profile.encoded(compressed: true), name: look.name)
      } catch { return Self.failure(error, howToArm: "taskleak") }
    }
  }

  /// What there is more than some seconds before.
  private func delta(_ look: ServedLook, seconds text: String, debug: Int) -> Reply {
    guard let seconds = Int(text), seconds > 0 else {
      return .at(once: .error(400, "invalid value for \"seconds\" - must be a positive integer"))
    }
    guard look.hasDelta else {
      return .at(once: .error(400, "\"seconds\" parameter is not supported for this profile type"))
    }
    guard debug == 0 else { return .at(once: .error(400, "seconds and debug params are incompatible")) }
    guard let duration = duration(Double(seconds)) else { return tooLong() }
    do {
      let before = try look.profile()
      let began = ContinuousClock.now
      return Reply(after: duration) { [self] in
        do {
          let now = try look.profile()
          var change = told(try now.difference(from: before))
          change.timeNanoseconds = nanosecondsSinceEpoch()
          change.durationNanoseconds = (ContinuousClock.now - began).nanoseconds
          return .file(try change.encoded(compressed: true), name: "\(look.name)-delta")
        } catch { return .error(500, "\(error)") }
      }
    } catch { return .at(once: .error(500, "\(error)")) }
  }

  func leaks(_ request: ProfilingRequest, _ headers: [ProfilingHeader]) -> ProfilingResponse {
    do {
      let report = try ServedProfiles.leaks()
      let asksJSON = headers.contains { $0.name.lowercased() == "accept" && $0.value.contains("application/json") }
      return asksJSON
        ? ProfilingResponse(type: "application/json", body: .bytes(report.json)) : .text(report.description)
    } catch { return Self.failure(error, howToArm: "leaks") }
  }

  /// Why a look cannot be taken; and how it could, where something had to be recorded from the start on.
  static func failure(_ error: any Error, howToArm rate: String?) -> ProfilingResponse {
    switch error {
    case ProfilingError.notArmed, ProfilingError.tasksNotFollowed:
      let way = rate.map { "; lab record --http … --rates \($0) does, and so does ServedRates" } ?? ""
      return .error(500, "\(error)\(way)")
    default: return .error(500, "\(error)")
    }
  }

  /// A profile without the labels that are not to be told. Those that the profiler makes itself stay, unless the
  /// program uses one of the same name.
  func told(_ profile: Profile) -> Profile {
    guard !options.tellsLabels else { return profile }
    var profile = profile
    let secret = ServedProfiles.labelKeys
    for index in profile.samples.indices {
      profile.samples[index].labels = profile.samples[index].labels.filter { !secret.contains($0.key) }
    }
    return profile
  }
}

/// A profile that is looked at: what it is called, and how it is made.
struct ServedLook: Sendable {
  /// As it was asked for.
  let name: String
  /// Whether it can be compared with how it was some seconds before.
  var hasDelta = false
  /// Whether only what has changed since the last request is told.
  var sinceLast = false
  /// Makes it.
  let profile: @Sendable () throws -> Profile
  /// What `debug=1` shows, if it is not the old text of pprof.
  var words: @Sendable () throws -> String? = { nil }
  /// What `debug=2` shows, if that is more.
  var pages: @Sendable (ProfilingHandler.Options) -> (any Sequence<[UInt8]> & Sendable)? = { _ in nil }

  /// The one of a name; nil if there is none, as of kinds that are no looks.
  static func named(_ name: String) -> ServedLook? {
    switch name {
    case "heap": return ServedLook(name: name, hasDelta: true) { ServedProfiles.heap(.heap) }
    case "allocs": return ServedLook(name: name, hasDelta: true) { ServedProfiles.heap(.allocs) }
    case "block": return ServedLook(name: name, hasDelta: true) { ServedProfiles.block() }
    case "mutex": return ServedLook(name: name, hasDelta: true) { ServedProfiles.mutex() }
    case "delta_heap": return ServedLook(name: name, sinceLast: true) { ServedProfiles.heap(.heap) }
    case "delta_block": return ServedLook(name: name, sinceLast: true) { ServedProfiles.block() }
    case "delta_mutex": return ServedLook(name: name, sinceLast: true) { ServedProfiles.mutex() }
    case "threadcreate": return ServedLook(name: name, hasDelta: true) { ServedProfiles.threadCreation() }
    case "goroutine", "task":
      return ServedLook(
        name: name, hasDelta: true, profile: { ServedProfiles.tasks().calling("task", name) },
        pages: { DumpPages(dump: ServedProfiles.taskDump(withLabels: $0.tellsLabels)) })
    case "taskleak", "goroutineleak":
      return ServedLook(
        name: name, profile: { try ServedProfiles.lostTasks().profile() },
        words: { try ServedProfiles.lostTasks().description })
    default:
      guard let profile = CustomProfile.named(name) else { return nil }
      return ServedLook(name: name) { profile.snapshot() }
    }
  }
}

/// The pages of a dump, each made when it is asked for.
private struct DumpPages: Sequence, Sendable {
  let dump: TaskDump

  func makeIterator() -> AnyIterator<[UInt8]> {
    var pages = (0..<dump.pageCount).makeIterator()
    return AnyIterator { pages.next().map { Array(dump.page($0).utf8) } }
  }
}

extension Profile {
  /// The same with another name for a type of sample.
  fileprivate func calling(_ type: String, _ name: String) -> Profile {
    var profile = self
    for index in sampleTypes.indices where sampleTypes[index].type == type { profile.sampleTypes[index].type = name }
    if defaultSampleType == type { profile.defaultSampleType = name }
    if periodType?.type == type { profile.periodType?.type = name }
    return profile
  }
}

extension Duration {
  /// Nanoseconds, as far as they can be counted.
  var nanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    return overflow ? .max : product &+ attoseconds / 1_000_000_000
  }
}
