import CProfiler
import Leaks
import Pprof

/// Looks at what has been recorded so far, for whoever asks while the program runs. What is not recorded is an empty
/// profile, which says in its comments how it would be.
///
/// Each is made on the thread that asks, and takes some milliseconds up to a second; none of it is recorded.
package enum ServedProfiles {
  /// What is in use on the heap, or was allocated.
  package static func heap(_ kind: HeapProfileKind) -> Profile {
    HeapProfiler.withoutRecording {
      let snapshot = HeapEngine.sessions.owner.flatMap { owner in
        HeapEngine.sessions.with(owner) { part in
          var snapshot = HeapSnapshot.take(part.window.flatMap { $0.isWhole ? nil : $0 })
          snapshot.window = part.window
          return snapshot
        }
      }
      guard let snapshot else {
        var profile = HeapSnapshot.ofNothing.profile(kind)
        profile.comments = ["the heap is not recorded: --rates heap=524288 or ServedRates.heap turns it on"]
        return profile
      }
      return snapshot.profile(kind)
    }
  }

  /// Every task that lives, by who made it; and every thread that runs none.
  package static func tasks(by stack: TaskStack = .creation) -> Profile {
    HeapProfiler.withoutRecording { taskProfile(TaskCollection.now(), by: stack) }
  }

  /// The same in words, a paragraph each.
  package static func taskDump(withLabels: Bool) -> TaskDump {
    HeapProfiler.withoutRecording { TaskDump(TaskCollection.now(waits: true), withLabels: withLabels) }
  }

  /// Where threads and tasks waited.
  package static func block() -> Profile {
    HeapProfiler.withoutRecording {
      if let owner = BlockEngine.sessions.owner, let recorded = try? BlockEngine.look(owner) {
        return blockProfile(recorded)
      }
      return empty(.block, "waits are not recorded: --rates block=10000 or ServedRates.block turns that on")
    }
  }

  /// How long others were kept waiting, by who held the lock.
  package static func mutex() -> Profile {
    HeapProfiler.withoutRecording {
      if let owner = MutexEngine.sessions.owner, let recorded = try? MutexEngine.look(owner) {
        return mutexProfile(recorded, by: .holder)
      }
      return empty(.mutex, "contention is not recorded: --rates mutex=1 or ServedRates.mutex turns that on")
    }
  }

  /// Every thread that was made, by who made it.
  package static func threadCreation() -> Profile {
    HeapProfiler.withoutRecording {
      let made = ThreadCreationEngine.sessions.owner.flatMap { try? ThreadCreationProfiler.look($0) }
      return made?.profile ?? ThreadsMade(beganAt: 0, stacks: [:], refused: 0, losses: Losses()).profile
    }
  }

  /// All custom profiles of the program that have one of the names.
  package static func custom(_ profile: CustomProfile) -> Profile { profile.snapshot() }

  /// Retain cycles and lost memory.
  /// - Throws: `ProfilingError.notArmed` unless every allocation has been tracked from the start on.
  package static func leaks() throws(ProfilingError) -> LeakReport {
    guard CHalf.isPresent else { throw .unsupportedPlatform }
    guard lab_heap_clears_fresh() else { throw .notArmed }
    return try LeakDetector.reportOfSession()
  }

  /// Tasks that nothing can resume.
  /// - Throws: `ProfilingError.notArmed` or `.tasksNotFollowed` unless both have been recorded from the start on.
  package static func lostTasks() throws(ProfilingError) -> TaskLeakReport {
    guard CHalf.isPresent else { throw .unsupportedPlatform }
    guard lab_heap_clears_fresh() else { throw .notArmed }
    return TaskLeakReport(try TaskLeakDetector.find())
  }

  /// The keys of all labels that the program has used, by which they are told from the profiler's own.
  package static var labelKeys: Set<String> {
    Set(LabelSets.shared.all.flatMap { $0.labels.map(\.key) })
  }

  private static func empty(_ form: WaitForm, _ comment: String) -> Profile {
    Profile(
      sampleTypes: form.types, defaultSampleType: "delay", comments: [comment],
      timeNanoseconds: nanosecondsSinceEpoch(), periodType: ValueType(type: "contentions", unit: "count"), period: 1)
  }
}

extension HeapSnapshot {
  /// Where nothing is recorded.
  static var ofNothing: HeapSnapshot {
    HeapSnapshot(
      rate: 0, buckets: [], statistics: HeapProfiler.statistics, started: 0, taken: nanosecondsSinceEpoch())
  }
}
