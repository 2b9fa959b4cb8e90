import CProfiler
import Pprof

/// Writes what the environment began: for good, when the program ends, or as a look at what goes on. Called by the C half,
/// which began it.
///
/// Of a kind that is made in Swift alone nothing has begun: it is what it is at that moment.
///
/// Public for the symbol alone: a preloaded C half finds it by its name.
@_cdecl("lab_environment_finish")
public func finishEnvironmentSession(_ session: UnsafeRawPointer) {
  let session = session.load(as: lab_environment_session.self)
  lab_engine_reach(session.engine)
  let name = String(cString: session.kind)
  func say(_ text: String) { if session.is_silent == 0 { complain(text) } }
  guard let kind = ProfileKind.named(name) else {
    let known = ProfileKind.all.map(\.variable).joined(separator: ", ")
    return say("\(String(cString: session.variable)): there is no such kind of profile; there are: \(known)")
  }
  var stored = lab_stored()
  do {
    let run = ProfileKind.WholeRun(rate: session.rate, beganAt: session.began_at)
    progress("taking what was recorded")
    guard let recording = try session.goes_on != 0 ? kind.look(run) : kind.finish(run) else { return }
    progress("encoding it")
    let pieces = try recording.contents.pieces(forFile: String(cString: session.path))
    progress("storing it")
    try store(pieces, in: session.output, &stored)
    guard session.announces != 0 || stored.in_place != 0 else { return }
    let occasion = session.remark.map { String(cString: $0) }
    say("lab: " + recording.announcement(path: String(cString: stored.path), occasion) + note(on: stored))
    recording.findingLines(atMost: 5).forEach { say("lab: " + $0) }
  } catch {
    let former = stored.keeps_former == 0 ? "" : "; it holds what was written before the program gave up its rights"
    say("\(kind.variable): \(error)\(former)")
  }
}

/// What is being done, told if all takes long.
func progress(_ step: StaticString) {
  step.withUTF8Buffer { bytes in
    bytes.withMemoryRebound(to: CChar.self) { lab_progress_at($0.baseAddress) }
  }
}

private func store(
  _ pieces: any Collection<[UInt8]>, in output: OpaquePointer?, _ stored: inout lab_stored
) throws(ProfileError) {
  var source: any Collection<[UInt8]> = pieces
  let code = withUnsafeMutablePointer(to: &source) { source in
    var told = lab_pieces(each: handOver, context: source)
    return lab_output_store(output, &told, &stored)
  }
  guard code != 0 else { return }
  let operation: FileOperation =
    switch stored.step {
    case LAB_STORE_OPEN: .open
    case LAB_STORE_WRITE: .write
    default: .rename
    }
  throw .file(operation, path: stored.path.map { String(cString: $0) } ?? "", code: code)
}

/// Hands the pieces at `context` to a function of the C half, until it takes no more; whether it took all.
private func handOver(
  _ context: UnsafeMutableRawPointer?,
  _ take: (@convention(c) (UnsafeMutableRawPointer?, UnsafeRawPointer?, Int) -> Bool)?,
  _ taker: UnsafeMutableRawPointer?
) -> Bool {
  guard let context, let take else { return false }
  return context.load(as: (any Collection<[UInt8]>).self).allSatisfy { piece in
    piece.withUnsafeBytes { take(taker, $0.baseAddress, $0.count) }
  }
}

private func note(on stored: lab_stored) -> String {
  stored.in_place == 0
    ? "" : "; written in place, for the program gave up the rights by which files are renamed there"
}
