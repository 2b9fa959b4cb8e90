import ExecutionTrace
import Foundation
import TestSupport
import Testing

@testable import Analysis

/// Files for Perfetto, read by the messages that Perfetto publishes for Python.
@Suite(.enabled(if: Python.hasModule("perfetto"), "needs Python's perfetto: pip install perfetto"))
struct PerfettoTraceTests {
  /// What the file says: by thread the time of its slices without those within, by category; by category all; what is wrong.
  private struct Told: Decodable {
    var threads: [String: [String: Int64]]
    var own: [String: Int64]
    var sums: [String: Int64]
    var wrong: [String]
    var flows: Int
    var arguments: [String]
    var counters: [String: [Int64]]
    var tracks: [String]
  }

  private static let reader = """
    import sys, json, collections
    from perfetto.protos.perfetto.trace.perfetto_trace_pb2 import Trace, TrackEvent
    trace = Trace()
    trace.ParseFromString(sys.stdin.buffer.read())
    names, tracks, opened, wrong = {}, {}, collections.defaultdict(list), []
    own, sums, arguments = collections.Counter(), collections.Counter(), set()
    threads, counters = collections.defaultdict(collections.Counter), collections.defaultdict(list)
    last, begun, ended = {}, set(), set()
    for packet in trace.packet:
        if packet.HasField('track_descriptor'):
            its = packet.track_descriptor
            tracks[its.uuid] = its
            if its.uuid != 1 and its.parent_uuid not in tracks: wrong.append(f'track {its.uuid} has no parent')
        for name in packet.interned_data.event_names: names[name.iid] = name.name
        if not packet.HasField('track_event'): continue
        if not packet.HasField('timestamp'): wrong.append('an event without a time')
        event, now = packet.track_event, packet.timestamp
        track = event.track_uuid
        if track not in tracks: wrong.append(f'no track {track}')
        if event.type != TrackEvent.TYPE_COUNTER and now < last.get(track, 0): wrong.append(f'{track} goes back')
        last[track] = now
        begun.update(event.flow_ids)
        if event.name_iid and event.name_iid not in names: wrong.append(f'no name {event.name_iid}')
        if event.type == TrackEvent.TYPE_SLICE_BEGIN:
            opened[track].append([now, event.categories[0], 0])
            ended.update(event.terminating_flow_ids)
            for it in event.debug_annotations: arguments.add(f'{it.name}={it.string_value or it.uint_value}')
        elif event.type == TrackEvent.TYPE_SLICE_END:
            if not opened[track]:
                wrong.append(f'{track} ends what has not begun')
                continue
            since, category, within = opened[track].pop()
            sums[category] += now - since
            own[category] += now - since - within
            if within > now - since: wrong.append('slices within are longer')
            if tracks[track].HasField('thread'): threads[str(tracks[track].thread.tid)][category] += now - since - within
            if opened[track]: opened[track][-1][2] += now - since
        elif event.type == TrackEvent.TYPE_COUNTER:
            counters[tracks[track].name].append(event.counter_value)
    if any(opened.values()): wrong.append('slices that do not end')
    if begun ^ ended: wrong.append('flows with one end')
    print(json.dumps(dict(threads=threads, own=own, sums=sums, wrong=wrong, flows=len(ended), arguments=sorted(arguments),
        counters=counters, tracks=sorted(its.name for its in tracks.values()))))
    """

  private func told(_ trace: Trace, _ window: TraceWindow) throws -> Told {
    let output = try Python.run(Self.reader, input: Data(PerfettoTrace(trace, in: window).bytes))
    return try JSONDecoder().decode(Told.self, from: output)
  }

  @Test("Slices nest strictly, and their sums are those of the summary", arguments: [3, 4, 5, 6] as [UInt64])
  func sums(seed: UInt64) throws {
    let program = SimulatedProgram(seed: seed &+ 40, steps: 500, allowsTies: seed.isMultiple(of: 2))
    let trace = program.trace
    for window in [
      try TraceWindow(of: trace), try TraceWindow(of: trace, start: program.duration / 3, length: program.duration / 3),
    ] {
      let told = try told(trace, window)
      let summary = TraceSummary(trace, in: window)
      #expect(told.wrong.isEmpty, "\(told.wrong.prefix(5))")
      for thread in summary.threads {
        let slices = told.threads["\(thread.id)"] ?? [:]
        #expect(slices["run", default: 0] + slices["job", default: 0] == thread.running, "\(thread.name)")
        #expect(slices["blocked", default: 0] == thread.blocked, "\(thread.name)")
      }
      #expect(told.sums["running"] == summary.all.running.sum && told.sums["ready"] == summary.all.ready.sum)
      #expect(told.sums["queued"] == summary.all.queued.sum)
      #expect(told.sums["suspended"] == summary.all.waiting.values.reduce(0) { $0 + $1.sum })
      #expect(told.counters["live tasks"]?.max() == Int64(summary.liveTasks.most))
      #expect(told.counters["ready tasks"]?.max() == Int64(summary.readyTasks.most))
      #expect(told.flows > 0)
    }
  }

  @Test("Names of any kind, labels, user tasks, regions that overlap and counters are there")
  func names() throws {
    var trace = SmallTrace(threads: 1)
    let hostile = "</script><b>\u{202E}\"&'\u{0}"
    let labels = trace.builder.labels([TraceLabel(key: "client", value: hostile)])
    let (name, size) = (trace.builder.text(hostile), trace.builder.text("RSS"))
    for task in [1, 2] as [UInt64] { trace.make(task, at: 0, by: hostile) }
    trace.builder.append(TraceEvent(.labels, at: 1, thread: 0, task: 1, index: labels))
    for (task, begin, end) in [(1, 5, 30), (2, 10, 40)] as [(UInt64, Int64, Int64)] {
      trace.builder.append(TraceEvent(.userTaskBegins, at: begin, thread: 0, task: task, other: task, index: name))
      trace.builder.append(TraceEvent(.regionBegins, at: begin, thread: 0, task: task, index: name))
      trace.run(task, at: begin, thread: 0)
      trace.builder.append(TraceEvent(.taskSuspends, at: begin + 4, thread: 0, task: task, reason: .sleep))
      trace.builder.append(TraceEvent(.regionEnds, at: end, thread: 0, task: task, index: name))
      trace.builder.append(TraceEvent(.userTaskEnds, at: end, thread: 0, task: task, other: task, index: name))
    }
    trace.builder.append(TraceEvent(.counter, at: 20, thread: 0, index: size, value: 4_096))
    let made = trace.builder.trace()
    let told = try told(made, try TraceWindow(of: made))
    #expect(told.wrong.isEmpty, "\(told.wrong)")
    #expect(told.sums["region"] == 55 && told.sums["user task"] == 55)
    #expect(told.arguments.contains("label client=\(hostile)") && told.arguments.contains("user task=\(hostile)"))
    #expect(told.counters["RSS"] == [4_096] && told.tracks.contains("task 2"))
  }
}
