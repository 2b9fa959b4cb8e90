import ExecutionTrace
import Testing

struct TraceBuilderTests {
  @Test func eventsComeInTheOrderOfTime() {
    var builder = TraceBuilder()
    let thread = builder.thread(TraceThread(id: 10))
    builder.append(TraceEvent(.taskEnds, at: 30, thread: thread, task: 1))
    builder.append(TraceEvent(.taskMade, at: 10, thread: thread, task: 1))
    builder.append(TraceEvent(.taskRuns, at: 20, thread: thread, task: 1))
    let trace = builder.trace()
    #expect(trace.events().map(\.kind) == [.taskMade, .taskRuns, .taskEnds])
    #expect(trace.duration == 30)
  }

  @Test func eventsOfOneTimeKeepTheirOrder() {
    var builder = TraceBuilder()
    let kinds: [TraceEvent.Kind] = [.taskSuspends, .taskRuns, .taskNests, .taskRuns, .taskEnds, .taskRunsOn]
    for kind in kinds { builder.append(TraceEvent(kind, at: 5)) }
    #expect(builder.trace().events().map(\.kind) == kinds)
  }

  @Test func tablesNumberWhatTheyHaveOnce() {
    var builder = TraceBuilder(duration: 100)
    let stack = TraceStack(frames: [TraceFrame(function: "main")])
    #expect([builder.text("parse"), builder.text("merge"), builder.text("parse"), builder.text("")] == [1, 2, 1, 0])
    #expect([builder.stack(stack), builder.stack(stack), builder.stack(TraceStack())] == [1, 1, 0])
    #expect(builder.labels([TraceLabel(key: "a", value: "b")]) == 1)
    #expect(builder.executor(TraceExecutor(.defaultActor, typeName: "Counter", address: 8)) == 1)
    #expect(builder.executor(TraceExecutor(.global)) == 0)
    let trace = builder.trace()
    #expect(trace.texts == ["", "parse", "merge"] && trace.stacks == [TraceStack(), stack])
    #expect(trace.duration == 100)
  }
}
