import Foundation
import Pprof
import Profiling
import ProfilingHTTP
import Synchronization

extension CaptureSession {
  /// Turns on and off for the overhead alone; then rounds without a pause, and meanwhile somebody asks the program's endpoint
  /// for its CPU time. What that answers is the capture.
  func captureAtEndpoint() async throws {
    let program = try scenario.program(request.variant, arguments)
    let server = try DebugServer.start(port: 0)
    defer { server.stop() }
    var rounds = try await turns(of: program, part: 0.5)
    rounds.forgetTruth()

    let seconds = isHasty ? 1 : 10
    let target = "/debug/pprof/profile?seconds=\(seconds)" + (request.rate.map { "&rate=\($0)" } ?? "")
    let answered = Mutex<Result<Answer, any Error>?>(nil)
    Thread.detachNewThread { [port = server.port] in
      let answer = Result { try Self.ask(port, target, seconds) }
      answered.withLock { $0 = answer }
    }
    while answered.withLock({ $0 == nil }) {
      let (outcome, time) = try await RoundTime.measure(program.round)
      try rounds.add([outcome], time, isOn: true)
    }
    guard let answer = try answered.withLock({ $0 })?.get() else { return }
    let recording = ProfileRecording(ofCPUTime: try Profile(decoding: answer.body))
    try write(recording, rounds, as: kind.name, asked: (target, answer.cpuSeconds))
  }

  private struct Answer {
    var body: [UInt8]
    /// What the process used while it was recorded.
    var cpuSeconds: Double
  }

  private static func ask(_ port: Int, _ target: String, _ seconds: Int) throws -> Answer {
    let request = try EndpointRequest(port: port, target: target)
    let began = RoundTime.now()
    // What is done after that is the naming, which is in no profile.
    Thread.sleep(forTimeInterval: Double(seconds))
    let recorded = RoundTime.now() - began
    return Answer(body: try request.body(), cpuSeconds: recorded.cpu)
  }
}
