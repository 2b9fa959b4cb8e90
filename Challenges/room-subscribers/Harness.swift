import Foundation
@_spi(Judge) import Given
import ScenarioRunning

@testable import Attempt

enum Harness {
  static let scenario = Scenario(
    id: "room-subscribers",
    title: "The room that is closed, and those who still listen",
    question: "The rooms are closed and forgotten. What are 300 tasks waiting for?",
    parameters: [
      Parameter("seed", "what the inputs are drawn from", standard: 1, range: 0...1_000_000_000),
      Parameter("size", "members of all rooms", standard: 300, range: 20...5_000),
    ],
    profiles: [.taskleak, .leaks], program: program)

  private static func program(_: Scenario.Variant, _ arguments: ScenarioRunning.Arguments) throws -> Program {
    var random = ScenarioRunning.SplitMix64(seed: UInt64(arguments["seed"]))
    var evenings: [Evening] = []
    var members = 0
    while members < arguments["size"] {
      let count = min(Int.random(in: 15...40, using: &random), arguments["size"] - members)
      evenings.append(Evening(from: members, count: count, &random))
      members += count
    }
    return Program { [evenings, members] in try await round(evenings, members) }
  }

  /// What happens in a room, in order.
  private struct Evening: Sendable {
    enum Event { case comes(Int), goes(Int), says(Message) }

    var events: [Event] = []
    /// What each member is to get.
    var heard: [Int: [Message]] = [:]

    init(from first: Int, count: Int, _ random: inout ScenarioRunning.SplitMix64) {
      var (inside, latest, toCome) = ([Int](), [Message](), Array((first..<first + count).reversed()))
      while let next = toCome.last {
        if inside.isEmpty || Int.random(in: 0..<3, using: &random) == 0 {
          toCome.removeLast()
          inside.append(next)
          events.append(.comes(next))
          heard[next] = latest
        } else if inside.count > 4, Int.random(in: 0..<12, using: &random) == 0 {
          let goer = inside.remove(at: Int.random(in: 0..<inside.count, using: &random))
          events.append(.goes(goer))
        } else {
          say(inside, &latest, &random)
        }
      }
      for _ in 0..<3 { say(inside, &latest, &random) }
    }

    private mutating func say(
      _ inside: [Int], _ latest: inout [Message], _ random: inout ScenarioRunning.SplitMix64
    ) {
      let author = inside[Int.random(in: 0..<inside.count, using: &random)]
      let message = Message(author: author, text: String(random.next(), radix: 36))
      events.append(.says(message))
      for member in inside { heard[member, default: []].append(message) }
      latest = Array((latest + [message]).suffix(5))
    }
  }

  private struct Weak: Sendable { weak let member: Member? }

  private static func round(_ evenings: [Evening], _ count: Int) async throws -> Outcome {
    let floor = Floor()
    let toSend = evenings.reduce(0) { $0 + $1.heard.values.reduce(0) { $0 + $1.count } }
    let members = await withTaskGroup(of: [Weak].self) { group in
      for evening in evenings { group.addTask { await hold(evening, on: floor) } }
      return await group.reduce(into: []) { $0 += $1 }
    }
    let sent = await settled(at: toSend) { floor.messagesSent }
    let open = await settled(at: 0) { floor.connectionsOpen }
    let (gone, there) = (floor.heardByThoseGone, members.compactMap(\.member))
    var digest = ScenarioRunning.Digest()
    digest.add(sent)
    let heard = there.reduce(into: gone) { $0[$1.number] = $1.messages }
    for member in 0..<count {
      for message in heard[member] ?? [] {
        digest.add(message.author)
        digest.addPiece(message.text.utf8)
      }
      digest.add(-1)
    }
    return Outcome(
      output: digest.text,
      truth: [
        Truth("members", Double(count), basis: "the parameter"),
        Truth(
          "connections", Double(open), isTotal: true,
          basis: "open after all rooms were closed, counted where connections are made and destroyed"),
      ])
  }

  /// One room from the first who comes to its end.
  private static func hold(_ evening: Evening, on floor: Floor) async -> [Weak] {
    let room = Room()
    var members: [Weak] = []
    for event in evening.events {
      switch event {
      case .comes(let number):
        let member = Member(number: number, on: floor)
        members.append(Weak(member: member))
        await room.join(member)
      case .goes(let number): await room.leave(number)
      case .says(let message): await room.post(message)
      }
    }
    await room.close()
    return members
  }

  /// The count once it is what it is to be, or has not changed for half a second of looks.
  private static func settled(at goal: Int, _ count: () -> Int) async -> Int {
    var (last, looks) = (count(), 0)
    while last != goal, looks < 20 {
      try? await Task.sleep(for: .milliseconds(25))
      let now = count()
      (last, looks) = (now, now == last ? looks + 1 : 0)
    }
    return last
  }
}
