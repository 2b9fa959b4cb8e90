import CProfiler
import Pprof

/// Does a step of a capture that was asked for by the control socket. Called by the C half on a thread of its own, which
/// waits between the steps.
///
/// Public for the symbol alone: a preloaded C half finds it by its name.
@_cdecl("lab_control_answer")
public func answerControl(_ call: UnsafeMutableRawPointer) {
  let call = call.assumingMemoryBound(to: lab_control_call.self)
  lab_engine_reach(call.pointee.engine)
  HeapProfiler.withoutRecording {
    do {
      switch call.pointee.step {
      case LAB_CONTROL_BEGIN: try Capture.begin(call)
      case LAB_CONTROL_TAKE: try Capture.of(call)?.take(call)
      default: Capture.of(call)?.window?.abandon()
      }
    } catch {
      call.pointee.has_failed = true
      call.say("\(error)")
    }
  }
}

/// A capture between its steps.
private final class Capture {
  private let request: ControlRequest
  private let asked: ProfileCapture.Request
  /// Nil if it is of a moment.
  let window: ProfileCapture.Window?
  private let began = ContinuousClock.now

  private init(_ request: ControlRequest, _ asked: ProfileCapture.Request, _ window: ProfileCapture.Window?) {
    self.request = request
    self.asked = asked
    self.window = window
  }

  /// What the first step has begun. To be called once.
  static func of(_ call: UnsafeMutablePointer<lab_control_call>) -> Capture? {
    defer { call.pointee.session = nil }
    return call.pointee.session.map { Unmanaged<Capture>.fromOpaque($0).takeRetainedValue() }
  }

  /// Begins what is asked for; what is of a moment, and there, is taken in the next step.
  static func begin(_ call: UnsafeMutablePointer<lab_control_call>) throws {
    let request = try ControlRequest(String(cString: call.pointee.request))
    let capture = request.kind.capture
    let asked = ProfileCapture.Request(rate: request.rate, view: request.view?.name, beganAt: call.pointee.began_at)
    let asksTime = request.duration != nil || request.rate != nil
    let window = !asksTime && capture.isUnderWay() ? nil : try capture.begin?(asked)
    call.pointee.session = Unmanaged.passRetained(Capture(request, asked, window)).toOpaque()
    let time = window == nil ? .zero : request.duration ?? capture.usualTime
    call.pointee.wait = UInt64(clamping: time.nanoseconds)
  }

  func take(_ call: UnsafeMutablePointer<lab_control_call>) throws {
    let recording = try Self.refusalExplained(request.kind) {
      try window?.finish() ?? request.kind.capture.now(asked)
    }
    for piece in try recording.contents.pieces(forFile: request.fileName) {
      let isTaken = piece.withUnsafeBytes { call.pointee.hand_over(call, $0.baseAddress, $0.count) }
      guard isTaken else {
        throw ControlRequest.Refusal(description: "there is no memory to hand over what was recorded")
      }
    }
    let time = Double(began.duration(to: .now).nanoseconds / 10_000_000) / 100
    let note = call.pointee.is_early ? ", for the program ended after \(time) s" : ""
    call.say("(\(recording.size)\(note))")
    recording.findingLines(atMost: 5).forEach(call.say)
  }

  /// What has to be armed is armed at the start, or never: says how.
  private static func refusalExplained<Value>(_ kind: ProfileKind, _ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let error as ProfilingError where error == .notArmed || error == .tasksNotFollowed {
      throw ControlRequest.Refusal(
        description: "\(error); that is with lab record --control --profile \(kind.name), or with "
          + "\(kind.variable)=FILE beside LAB_CONTROL=1")
    }
  }
}

extension UnsafeMutablePointer<lab_control_call> {
  /// Adds a line to the answer.
  fileprivate func say(_ line: String) {
    var line = line + "\n"
    line.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { pointee.say(self, $0.baseAddress, $0.count) }
    }
  }
}
