import CProfiler
import Findings
import Pprof

/// What a profile of waits shows of each stack.
struct WaitForm: Sendable {
  /// The label that says what is waited for.
  var label: String
  /// Types of its samples beside contentions and delay, which are first as Go's are.
  var others: [(type: ValueType, value: KeyPath<RecordedWaits, Int> & Sendable)]

  static let block = WaitForm(
    label: "waits", others: [(ValueType(type: "runnable", unit: "nanoseconds"), \.runnable)])

  static let mutex = WaitForm(
    label: "lock",
    others: [
      (ValueType(type: "holds", unit: "count"), \.holds),
      (ValueType(type: "held", unit: "nanoseconds"), \.held),
      (ValueType(type: "queued", unit: "count"), \.queued),
    ])

  var types: [ValueType] {
    [ValueType(type: "contentions", unit: "count"), ValueType(type: "delay", unit: "nanoseconds")] + others.map(\.type)
  }

  func values(of waits: RecordedWaits) -> [Int64] {
    [Int64(waits.count), Int64(waits.delay)] + others.map { Int64(waits[keyPath: $0.value]) }
  }
}

/// The profile of what was recorded in a window.
func waitProfile(_ waits: [RecordedWaits], in window: WaitWindow, as form: WaitForm, comments: [String]) -> Profile {
  var builder = ProfileBuilder(sampleTypes: form.types)
  builder.leavesOut = TaskMakers.contain
  let naming = TaskNaming(stacks: waits.lazy.filter(\.isOfTask).map(\.addresses))
  for wait in waits {
    let values = form.values(of: wait)
    if wait.isBeyondBound {
      builder.add(named: "[stacks beyond the bound]", values: values)
    } else if wait.addresses.isEmpty {
      builder.add(named: wait.unseen, values: values)
    } else {
      var (stack, name) = (wait.addresses, wait.name)
      if wait.isOfTask {
        stack = Array(naming.stack(wait.addresses))
        if wait.on == LAB_WAIT_ON_CONTINUATION { name = naming.continuation(at: stack[...]).rawValue }
      }
      let own = LabelSets.shared.labels(of: wait.labels)
      builder.add(
        stack, leaf: .returnAddress, values: values, labels: own.merging([form.label: [name]]) { own, _ in own })
    }
  }
  var profile = HeapProfiler.withoutRecording { builder.finish() }
  profile.defaultSampleType = "delay"
  profile.periodType = ValueType(type: "contentions", unit: "count")
  profile.period = 1
  profile.timeNanoseconds = window.beganAt
  profile.durationNanoseconds = window.began.duration(to: .now).nanoseconds
  profile.comments = HeapProfiler.withoutRecording { window.habits.findings() }.flatMap(\.comments) + comments
  if let reason = lab_waits_without_tasks() {
    profile.comments.append("waits of tasks are not in it: " + String(cString: reason))
  }
  if let complaint = LabelReader.complaint { profile.comments.append(complaint) }
  return profile
}
