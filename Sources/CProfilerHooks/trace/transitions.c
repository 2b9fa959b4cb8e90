// Transitions of tasks, as the threads' events.
//
// Which tasks lie within one another on a thread the writer keeps account of, as the reader does: what is told of the
// innermost needs no task, and that the one around it is kept, or goes on, need not be told. Whatever does not fit that
// account is told in full.
//
// C, because it runs inside the runtime. It calls the writer only.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/hidden.h"
#include "stacks/stacks.h"
#include "trace/trace.h"
#include "unwind/unwind.h"

LAB_HIDE_THIS_FILE

static enum lab_trace_reason reason_of(const struct lab_transition *transition) {
  switch (transition->reason) {
  case LAB_TASK_AWAITS_TASK: return LAB_TRACE_AWAITS_TASK;
  case LAB_TASK_AWAITS_CONTINUATION: return LAB_TRACE_AWAITS_CONTINUATION;
  case LAB_TASK_AWAITS_GROUP: return LAB_TRACE_AWAITS_GROUP;
  // Which it is the executor tells.
  case LAB_TASK_AWAITS_EXECUTOR: return LAB_TRACE_AWAITS_ACTOR;
  default: return LAB_TRACE_AWAITS_NOTHING;
  }
}

static bool is_innermost(const struct lab_trace_writer *writer, uint64_t task) {
  return writer->depth > 0 && writer->running[writer->depth - 1] == task;
}

/// It has left the thread, and with it whatever lay within it.
static void leave(struct lab_trace_writer *writer, uint64_t task) {
  for (uint32_t i = writer->depth; i > 0; i--)
    if (writer->running[i - 1] == task) writer->depth = i - 1;
}

static void enter(struct lab_trace_writer *writer, uint64_t task) {
  leave(writer, task);
  if (writer->depth == LAB_TRACE_DEPTH) {
    for (uint32_t i = 1; i < LAB_TRACE_DEPTH; i++) writer->running[i - 1] = writer->running[i];
    writer->depth--;
  }
  writer->running[writer->depth++] = task;
}

/// What a task has of labels, which it may have from its maker.
static void label(uint64_t ticks, const struct lab_task *task) {
  uint32_t labels = LAB_LOAD(&task->labels);
  if (LAB_UNLIKELY(labels != 0))
    lab_trace_write(ticks,
                    (struct lab_trace_fields_of){.kind = LAB_TRACE_KIND_LABELS, .task = task->id, .index = labels});
}

static void made(struct lab_trace_writer *writer, const struct lab_transition *transition) {
  const struct lab_task *task = transition->task;
  if (LAB_UNLIKELY(task->origin == LAB_TASK_WAS_OLDER)) {
    // What it is at by now its next event tells, which comes in a moment.
    writer->met = task->id;
    return;
  }
  if (LAB_UNLIKELY(task->origin != LAB_TASK_WAS_MADE || !is_innermost(writer, lab_task_parent(task)))) {
    lab_trace_write(transition->ticks, (struct lab_trace_fields_of){.kind = LAB_TRACE_KIND_MADE,
                                                                    .task = task->id,
                                                                    .other = lab_task_parent(task),
                                                                    .index = task->creation});
    return label(transition->ticks, task);
  }
  uint8_t *begin = writer->at, *at = lab_trace_put_time(writer, LAB_TRACE_MADE, transition->ticks);
  at = lab_trace_put(at, lab_trace_zigzag((int64_t)(task->id - writer->made)));
  at = lab_trace_put(at, lab_trace_zigzag((int32_t)(task->creation - writer->creation)));
  writer->made = writer->task = task->id;
  writer->creation = task->creation;
  lab_trace_is_whole(writer, at);
  if (LAB_UNLIKELY(LAB_LOAD(&task->labels) != 0)) return label(transition->ticks, task);
  writer->spawnable = begin;
}

/// An older task, whose first event has come. If that is its end, or its suspension, and nothing is known of the thread,
/// it has had the thread since before the recording.
static void meet(struct lab_trace_writer *writer, const struct lab_transition *transition) {
  uint64_t id = writer->met, ticks = transition->ticks;
  bool leaves = transition->kind == LAB_TRANSITION_SUSPENDS || transition->kind == LAB_TRANSITION_ENDS;
  bool had_thread = leaves && transition->task->id == id && writer->events == 0 && writer->depth == 0;
  writer->met = 0;
  if (had_thread && LAB_LOAD(&lab_trace_counts_cycles)) {
    ticks = lab_trace_start_ticks();
    writer->time = ticks >> lab_trace_shift;
    writer->chunk->ticks = ticks;
  }
  lab_trace_write(ticks, (struct lab_trace_fields_of){.kind = LAB_TRACE_KIND_MET, .task = id});
  if (!had_thread) return;
  lab_trace_write(ticks, (struct lab_trace_fields_of){.kind = LAB_TRACE_KIND_RUNS, .task = id});
  enter(writer, id);
}

/// The executor that tells where a task waits for its turn, or runs.
static uint32_t executor_of(const struct lab_transition *transition) {
  if (transition->executor.identity != 0) return lab_trace_executor(transition->executor, false);
  struct lab_executor preferred = lab_preferred_executor(LAB_LOAD(&transition->task->address));
  return LAB_LIKELY(preferred.identity == 0) ? 0 : lab_trace_executor(preferred, true);
}

/// How long a task has been in the state that it leaves.
static uint64_t age(const struct lab_transition *transition) {
  uint64_t since = LAB_LOAD(&transition->task->since);
  return transition->ticks > since ? transition->ticks - since : 0;
}

static void becomes_runnable(struct lab_trace_writer *writer, const struct lab_transition *transition) {
  enum lab_trace_reason reason = reason_of(transition);
  uint32_t executor = executor_of(transition);
  if (lab_trace_is_over(LAB_TRACE_ON_WAIT, age(transition)) &&
      lab_task_state(LAB_LOAD(&transition->task->word)) == LAB_TASK_IS_WAITING)
    lab_trace_raise(LAB_TRACE_ON_WAIT, age(transition));
  bool is_plain = reason == LAB_TRACE_AWAITS_NOTHING && executor == 0;
  uint64_t id = transition->task->id;
  if (is_plain && writer->spawnable != NULL && writer->made == id && writer->time == transition->ticks >> lab_trace_shift) {
    // One byte, so that whoever reads it sees the one or the other.
    *(volatile uint8_t *)writer->spawnable = (uint8_t)((*writer->spawnable & 15) | LAB_TRACE_SPAWNED << 4);
    writer->spawnable = NULL;
    writer->events++;
    return;
  }
  uint8_t *at = lab_trace_put_time(writer, is_plain ? LAB_TRACE_RUNNABLE : LAB_TRACE_RUNNABLE_AT, transition->ticks);
  at = lab_trace_put_task(writer, at, id);
  if (!is_plain) {
    *at++ = (uint8_t)reason;
    at = lab_trace_put(at, executor);
  }
  lab_trace_is_whole(writer, at);
}

static void runs(struct lab_trace_writer *writer, const struct lab_transition *transition) {
  uint32_t executor = executor_of(transition);
  if (executor == 0 && lab_trace_is_over(LAB_TRACE_ON_STARVATION, age(transition)) &&
      lab_task_state(LAB_LOAD(&transition->task->word)) == LAB_TASK_IS_RUNNABLE)
    lab_trace_raise(LAB_TRACE_ON_STARVATION, age(transition));
  uint8_t *at = lab_trace_put_time(writer, executor == 0 ? LAB_TRACE_RUNS : LAB_TRACE_RUNS_AT, transition->ticks);
  at = lab_trace_put_task(writer, at, transition->task->id);
  if (executor != 0) at = lab_trace_put(at, executor);
  if (LAB_UNLIKELY(executor == 0 && !writer->has_pool)) {
    writer->has_pool = true;
    LAB_STORE(&writer->chunk->flags, LAB_LOAD(&writer->chunk->flags) | LAB_TRACE_IS_OF_POOL);
  }
  enter(writer, transition->task->id);
  lab_trace_is_whole(writer, at);
}

/// Of a task that the account does not have where it should.
static void tell_in_full(enum lab_trace_kind kind, const struct lab_transition *transition) {
  lab_trace_write(transition->ticks,
                  (struct lab_trace_fields_of){
                      .kind = (uint8_t)kind, .task = transition->task->id, .reason = (uint8_t)reason_of(transition)});
}

_Atomic bool lab_trace_tells_suspensions;

static uintptr_t word(uintptr_t address) { return *(const uintptr_t *)address; }

/// Where the task goes on, and who waits for that: nobody resumes it before this is over.
static uint32_t stack_of(const struct lab_task *task) {
  enum { FRAMES = 128 };
  uintptr_t pcs[FRAMES], address = LAB_LOAD(&task->address);
  struct lab_walk walk = lab_walk_suspended(word(address + LAB_TASK_RESUME_FUNCTION),
                                            word(address + LAB_TASK_RESUME_CONTEXT), pcs, FRAMES);
  return lab_trace_stack(lab_stack_intern(&lab_stacks, 0, pcs, (size_t)walk.depth));
}

/// `is_site`: of the stack the library's functions alone are told.
static __attribute__((noinline)) void suspends_with_stack(struct lab_trace_writer *writer,
                                                          const struct lab_transition *transition, uint32_t stack,
                                                          bool is_site) {
  lab_trace_write(transition->ticks, (struct lab_trace_fields_of){.kind = LAB_TRACE_KIND_SUSPENDS,
                                                                  .task = transition->task->id,
                                                                  .index = stack,
                                                                  .value = is_site,
                                                                  .reason = (uint8_t)reason_of(transition)});
  leave(writer, transition->task->id);
}

static void suspends(struct lab_trace_writer *writer, const struct lab_transition *transition) {
  if (LAB_UNLIKELY(LAB_LOAD(&lab_trace_tells_suspensions)))
    return suspends_with_stack(writer, transition, stack_of(transition->task), false);
  if (transition->reason == LAB_TASK_AWAITS_CONTINUATION) {
    uint32_t site = lab_trace_site(transition->task);
    if (LAB_UNLIKELY(site != 0)) return suspends_with_stack(writer, transition, site, true);
  }
  uint8_t reason = (uint8_t)reason_of(transition);
  if (LAB_LIKELY(is_innermost(writer, transition->task->id))) {
    bool again = reason == writer->reason;
    uint8_t *at = lab_trace_put_time(writer, again ? LAB_TRACE_SUSPENDS_AGAIN : LAB_TRACE_SUSPENDS, transition->ticks);
    if (!again) *at++ = writer->reason = reason;
    writer->depth--;
    return lab_trace_is_whole(writer, at);
  }
  tell_in_full(LAB_TRACE_KIND_SUSPENDS, transition);
  leave(writer, transition->task->id);
}

static void ends(struct lab_trace_writer *writer, const struct lab_transition *transition) {
  if (LAB_LIKELY(is_innermost(writer, transition->task->id))) {
    uint8_t *at = lab_trace_put_time(writer, LAB_TRACE_ENDS, transition->ticks);
    writer->depth--;
    return lab_trace_is_whole(writer, at);
  }
  tell_in_full(LAB_TRACE_KIND_ENDS, transition);
  leave(writer, transition->task->id);
}

/// Another begins within it, or has ended there.
static void turns(struct lab_trace_writer *writer, const struct lab_transition *transition, enum lab_trace_kind kind) {
  uint64_t id = transition->task->id;
  if (is_innermost(writer, id)) return;
  tell_in_full(kind, transition);
  enter(writer, id);
}

static void acquires(struct lab_trace_writer *writer, const struct lab_transition *transition) {
  uint32_t executor = lab_trace_executor(transition->executor, false);
  if (!is_innermost(writer, transition->task->id)) return;
  uint8_t *at = lab_trace_put_time(writer, LAB_TRACE_ACQUIRES, transition->ticks);
  at = lab_trace_put(at, executor);
  writer->acquired = executor;
  lab_trace_is_whole(writer, at);
}

static void releases(struct lab_trace_writer *writer, const struct lab_transition *transition) {
  uint32_t executor = lab_trace_executor(transition->executor, false);
  if (!is_innermost(writer, transition->task->id)) return;
  if (executor != writer->acquired)
    return lab_trace_write(transition->ticks,
                           (struct lab_trace_fields_of){.kind = LAB_TRACE_KIND_RELEASED, .executor = executor});
  lab_trace_is_whole(writer, lab_trace_put_time(writer, LAB_TRACE_RELEASES, transition->ticks));
}

/// The thread's first event: tasks that are on it have run before.
static __attribute__((noinline)) void join(const struct lab_transition *told) {
  bool leaves = told->kind == LAB_TRANSITION_SUSPENDS || told->kind == LAB_TRANSITION_ENDS;
  // One that gets the thread counts as being there already; and if another had it, that has told so.
  lab_trace_writer_join(told->kind == LAB_TRANSITION_RUNS ? NULL : lab_self.task, leaves ? told->task : NULL);
}

static inline __attribute__((always_inline)) void tell(const struct lab_transition *transition) {
  if (LAB_UNLIKELY(lab_trace_writer.session != lab_trace_now())) join(transition);
  struct lab_trace_writer *writer = lab_trace_writer_here(transition->ticks);
  if (LAB_UNLIKELY(writer == NULL)) {
    // The account goes on without what was lost.
    struct lab_trace_writer *own = &lab_trace_writer;
    uint64_t id = transition->task->id;
    if (transition->kind == LAB_TRANSITION_RUNS) enter(own, id);
    else if (transition->kind == LAB_TRANSITION_SUSPENDS || transition->kind == LAB_TRANSITION_ENDS) leave(own, id);
    return;
  }
  if (LAB_UNLIKELY(writer->met != 0)) {
    meet(writer, transition);
    // There may be no room any more.
    if ((writer = lab_trace_writer_here(transition->ticks)) == NULL) return;
  }
  switch (transition->kind) {
  case LAB_TRANSITION_MADE: made(writer, transition); break;
  case LAB_TRANSITION_RUNNABLE: becomes_runnable(writer, transition); break;
  case LAB_TRANSITION_RUNS: runs(writer, transition); break;
  case LAB_TRANSITION_NESTS: turns(writer, transition, LAB_TRACE_KIND_NESTS); break;
  case LAB_TRANSITION_RUNS_ON: turns(writer, transition, LAB_TRACE_KIND_RUNS_ON); break;
  case LAB_TRANSITION_SUSPENDS: suspends(writer, transition); break;
  case LAB_TRANSITION_ENDS: ends(writer, transition); break;
  case LAB_TRANSITION_ENTERS: acquires(writer, transition); break;
  case LAB_TRANSITION_LEAVES: releases(writer, transition); break;
  }
}

static __attribute__((noinline)) void tell_by_clock(const struct lab_transition *told) {
  struct lab_transition transition = *told;
  transition.ticks = lab_now();
  tell(&transition);
}

static void on_transition(const struct lab_transition *told) {
  if (!lab_trace_is_on() || !lab_enter()) return;
  // A copy would read what was written a moment ago in other pieces, which a processor has to wait for.
  if (LAB_LIKELY(LAB_LOAD(&lab_trace_counts_cycles))) tell(told);
  else tell_by_clock(told);
  lab_leave();
}

struct lab_transition_listener lab_trace_listener = {.transition = on_transition, .job = lab_trace_job};
#endif
