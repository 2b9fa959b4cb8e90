import CProfilerHooks
import Pprof

/// Ends the profile that `LAB_CPUPROFILE` began, when the program exits. Called by the C half, which began it.
@_cdecl("lab_environment_finish")
func finishEnvironmentSession(_ session: UnsafePointer<lab_environment_session>) {
  let session = session.pointee
  guard lab_cpu_stop() == LAB_CPU_OK else { return }
  let path = String(cString: session.path)
  let profile = cpuProfile(
    rate: .hertz(Int(session.hertz)), beganAt: session.began_at,
    duration: .nanoseconds(nanosecondsSinceEpoch() - session.began_at), statistics: CPUProfiler.statistics)
  do {
    try profile.write(to: path)
  } catch {
    complain("LAB_CPUPROFILE: \(error)")
  }
}
