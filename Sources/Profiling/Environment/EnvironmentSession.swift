import CProfiler
import Leaks
import Pprof

/// Ends what the environment began, when the program exits. Called by the C half, which began it.
///
/// Public for the symbol alone: a preloaded C half finds it by its name.
@_cdecl("lab_environment_finish")
public func finishEnvironmentSession(_ session: UnsafeRawPointer) {
  let session = session.load(as: lab_environment_session.self)
  lab_engine_reach(session.engine)
  let path = String(cString: session.path)
  do {
    switch String(cString: session.kind) {
    case "cpu": try finishCPU(session)?.write(to: path)
    case "heap": try finishHeap(.heap).write(to: path)
    case "allocs": try finishHeap(.allocs).write(to: path)
    case "leaks": try writeLeaks(to: path)
    case let name:
      if session.is_silent == 0 { complain("\(String(cString: session.variable)): there is no profile \(name)") }
      return
    }
    if session.announces != 0 && session.is_silent == 0 { complain("lab: wrote \(path)") }
  } catch {
    if session.is_silent == 0 { complain("\(String(cString: session.variable)): \(error)") }
  }
}

private func finishCPU(_ session: lab_environment_session) -> Profile? {
  guard let recorded = CPUSampler.endEnvironment() else { return nil }
  return cpuProfile(
    recorded, rate: .hertz(Int(session.rate)), beganAt: session.began_at,
    duration: .nanoseconds(nanosecondsSinceEpoch() - session.began_at))
}

private func finishHeap(_ kind: HeapProfileKind) -> Profile {
  defer { HeapSessions.endEnvironment() }
  return HeapProfiler.withoutRecording { HeapSnapshot.take().profile(kind) }
}

private func writeLeaks(to path: String) throws {
  let report = try LeakDetector.reportOfSession()
  try writeFile(path, path.hasSuffix(".json") ? report.json : Array(report.description.utf8))
}
