import CProfiler
import Pprof

/// Ends what the environment began, when the program exits. Called by the C half, which began it.
///
/// Of a kind that is made in Swift alone nothing has begun: it is what it is at the end.
///
/// Public for the symbol alone: a preloaded C half finds it by its name.
@_cdecl("lab_environment_finish")
public func finishEnvironmentSession(_ session: UnsafeRawPointer) {
  let session = session.load(as: lab_environment_session.self)
  lab_engine_reach(session.engine)
  let (path, name) = (String(cString: session.path), String(cString: session.kind))
  func say(_ text: String) { if session.is_silent == 0 { complain(text) } }
  guard let kind = ProfileKind.named(name) else {
    let known = ProfileKind.all.map(\.variable).joined(separator: ", ")
    return say("\(String(cString: session.variable)): there is no such kind of profile; there are: \(known)")
  }
  do {
    let run = ProfileKind.WholeRun(rate: session.rate, beganAt: session.began_at)
    guard let recording = try kind.finish(run) else { return }
    try writeFile(path, try recording.contents.bytes(forFile: path))
    if session.announces != 0 { say("lab: \(recording.announcement(path: path))") }
  } catch {
    say("\(kind.variable): \(error)")
  }
}
