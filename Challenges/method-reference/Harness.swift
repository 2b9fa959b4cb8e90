import Foundation
@_spi(Judge) import Given
import ScenarioRunning

@testable import Attempt

enum Harness {
  static let scenario = Scenario(
    id: "method-reference",
    title: "The player that nobody plays any more",
    question: "Every listener has hung up. Who still holds their players?",
    parameters: [
      Parameter("seed", "what the inputs are drawn from", standard: 1, range: 0...1_000_000_000),
      Parameter("size", "listeners", standard: 500, range: 10...10_000),
    ],
    profiles: [.leaks, .heap], program: program)

  private static func program(_: Scenario.Variant, _ arguments: ScenarioRunning.Arguments) throws -> Program {
    var random = ScenarioRunning.SplitMix64(seed: UInt64(arguments["seed"]))
    let broadcasts = (0..<arguments["size"]).map { _ in broadcast(&random) }
    return Program {
      // On a thread of its own: what it leaves on its stack goes with it.
      await Task.detached { await round(broadcasts) }.value
    }
  }

  /// What comes over one line: frames that overtake each other by a few places, and one in thirty is lost.
  private static func broadcast(_ random: inout ScenarioRunning.SplitMix64) -> [Frame] {
    var arriving: [(due: Int, frame: Frame)] = []
    for number in 0..<Int.random(in: 40...120, using: &random) where Int.random(in: 0..<30, using: &random) > 0 {
      let frame = Frame(number: number, level: Int.random(in: 0...255, using: &random))
      arriving.append((number + Int.random(in: 0...6, using: &random), frame))
    }
    return arriving.sorted { ($0.due, $0.frame.number) < ($1.due, $1.frame.number) }.map(\.frame)
  }

  private static func round(_ broadcasts: [[Frame]]) async -> Outcome {
    let before = Judge.socketsAlive
    var digest = ScenarioRunning.Digest()
    let players = broadcasts.map { listen(to: $0, &digest) }
    let alive = await settled { players.count { $0.player != nil } }
    let sockets = await settled { max(Judge.socketsAlive - before, 0) }
    return Outcome(
      output: digest.text,
      truth: [
        Truth("listeners", Double(broadcasts.count), basis: "the parameter"),
        Truth("alive", Double(alive), isTotal: true, basis: "players, by weak references, after all have hung up"),
        Truth("sockets", Double(sockets), isTotal: true, basis: "sockets, counted where they are made and destroyed"),
      ])
  }

  private struct Gone { weak var player: Player? }

  /// One listener from coming to going. The last frame comes when the player has been forgotten.
  @inline(never)
  private static func listen(to frames: [Frame], _ digest: inout ScenarioRunning.Digest) -> Gone {
    let socket = Socket()
    let gone = play(frames.dropLast(), on: socket, &digest)
    if let last = frames.last { socket.deliver(last) }
    return gone
  }

  @inline(never)
  private static func play(
    _ frames: some Sequence<Frame>, on socket: Socket, _ digest: inout ScenarioRunning.Digest
  ) -> Gone {
    let player = Player(on: socket)
    for frame in frames { socket.deliver(frame) }
    let session = player.hangUp()
    digest.add(session.played)
    digest.add(session.lost)
    for loudness in session.loudness { digest.add(loudness) }
    digest.add(-1)
    return Gone(player: player)
  }

  /// The count, once it is 0 or has had half a second to become so.
  private static func settled(_ count: () -> Int) async -> Int {
    for _ in 0..<10 {
      if count() == 0 { return 0 }
      try? await Task.sleep(for: .milliseconds(25))
    }
    return count()
  }
}
