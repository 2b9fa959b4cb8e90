import Platform
import Pprof
import Profiling

// Values of known number in profiles of the program's own.

@inline(never) private func open(_ number: Int, in profile: CustomProfile) throws -> Int {
  try profile.add(number)
  return number + 1
}

@inline(never) private func borrow(_ number: Int, in profile: CustomProfile) throws -> Int {
  try profile.add("number \(number)")
  return number + 2
}

/// Made here, and not on a thread of its own.
private func held(_ profile: CustomProfile) -> Profile { profile.snapshot() }

private func complaint(_ body: () throws -> Void) -> String {
  do { try body() } catch { return "\(error)" }
  return "none"
}

@Sendable func customProfiles() async throws {
  say("none", CustomProfile.all.count)
  let profile = try CustomProfile("open-connections")
  for name in [
    "", "open connections", "-x", "heap", "goroutine", "open-connections", String(repeating: "x", count: 65),
  ] {
    say("refused", complaint { _ = try CustomProfile(name) })
  }
  for number in 0..<7 { _ = try open(number, in: profile) }
  for number in 0..<3 { _ = try withLabels(["client": "a"]) { try borrow(number, in: profile) } }
  say("twice", complaint { _ = try open(6, in: profile) })
  say("removed", "\(profile.remove(0)) \(profile.remove(0)) \(profile.remove("number 0")) \(profile.remove(99))")
  say("count", profile.count)
  let snapshot = held(profile)
  say("types", snapshot.sampleTypes.map { "\($0.type)/\($0.unit)" }.joined(separator: " "))
  say("opened", snapshot.sum(under: "open(_:in:)"))
  say("borrowed", snapshot.sum(under: "borrow(_:in:)"))
  say("labelled", snapshot.sum { $0.labels["client"] == ["a"] })
  say("leaves", Set(snapshot.samples.map { snapshot.names(of: $0)[0] }).sorted().joined(separator: ","))
  say("comments", snapshot.comments.joined(separator: ";"))
  let later = await profile.snapshot()
  say("same", later.samples == snapshot.samples ? 1 : 0)
  _ = try CustomProfile("a/b.c")
  say("all", CustomProfile.all.map(\.name).joined(separator: " "))
  say("named", "\(CustomProfile.named("open-connections") === profile) \(CustomProfile.named("x") == nil)")
}

/// Any thread may add and remove.
@Sendable func customOnThreads() async throws {
  let profile = try CustomProfile("jobs")
  let threads = (0..<8).compactMap { worker in
    thread {
      for number in 0..<10_000 {
        guard (try? open(worker * 10_000 + number, in: profile)) != nil else { return say("lost", number) }
        // Its own, and one of another's that may not be there yet.
        if number % 10 != 0 { profile.remove(worker * 10_000 + number) }
        profile.remove((worker + 1) % 8 * 10_000 + number / 2 * 10 + 3)
      }
    }
  }
  for thread in threads { pthread_join(thread, nil) }
  say("count", profile.count)
  say("opened", held(profile).sum(under: "open(_:in:)"))
}

/// The child goes on with what there was.
@Sendable func customFork() async throws {
  let profile = try CustomProfile("jobs")
  for number in 0..<4 { _ = try open(number, in: profile) }
  let isRight = inChild {
    profile.remove(0)
    _ = try borrow(9, in: profile)
    let snapshot = held(profile)
    return snapshot.sum(under: "open(_:in:)") == 3 && snapshot.sum(under: "borrow(_:in:)") == 1
  }
  say("child", isRight ? 1 : 0)
  say("parent", held(profile).sum())
}

/// Forks while other threads add and remove: no child may hang on the lock of one that is gone.
@Sendable func customForkStorm() async throws {
  let profile = try CustomProfile("jobs")
  // The runtime makes types at their first use, under locks of its own, which no child may find locked.
  try profile.add(0)
  profile.remove(0)
  let workers = (1...3).compactMap { worker in
    thread {
      for number in 0..<30_000 {
        try? profile.add(worker << 20 + number)
        profile.remove(worker << 20 + number)
      }
    }
  }
  say(
    "good",
    (0..<50).count { number in
      inChild {
        try profile.add(-number); return profile.remove(-number)
      }
    })
  for worker in workers { pthread_join(worker, nil) }
  say("count", profile.count)
}

/// Leaves writing to the environment.
@Sendable func customPlain() async throws {
  let jobs = try CustomProfile("jobs"), connections = try CustomProfile("connections")
  for number in 0..<5 { _ = try open(number, in: jobs) }
  for number in 0..<2 { _ = try borrow(number, in: connections) }
  jobs.remove(3)
}

/// Keeps three values until nothing more can be read.
@Sendable func customWait() async throws {
  let profile = try CustomProfile("kept")
  for number in 0..<3 { _ = try open(number, in: profile) }
  say("ready", profile.count)
  fflush(nil)
  while readLine() != nil {}
}
