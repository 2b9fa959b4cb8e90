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
#include "trace/trace.h"

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

static void made(struct lab_trace_writer *writer, const struct lab_transition *transition) {
  const struct lab_task *task = transition->task;
  if (LAB_UNLIKELY(task->origin != LAB_TASK_WAS_MADE || !is_innermost(writer, lab_task_parent(task)))) {
    bool is_older = task->origin == LAB_TASK_WAS_OLDER;
    return lab_trace_write(transition->ticks,
                           (struct lab_trace_fields_of){.kind = is_older ? LAB_TRACE_KIND_MET : LAB_TRACE_KIND_MADE,
                                                        .task = task->id,
                                                        .other = lab_task_parent(task),
                                                        .index = task->creation});
  }
  uint8_t *begin = writer->at, *at = lab_trace_put_time(writer, LAB_TRACE_MADE, transition->ticks);
  at = lab_trace_put(at, lab_trace_zigzag((int64_t)(task->id - writer->made)));
  at = lab_trace_put(at, lab_trace_zigzag((int32_t)(task->creation - writer->creation)));
  writer->made = writer->task = task->id;
  writer->creation = task->creation;
  lab_trace_is_whole(writer, at);
  writer->spawnable = begin;
}

static void becomes_runnable(struct lab_trace_writer *writer, const struct lab_transition *transition) {
  enum lab_trace_reason reason = reason_of(transition);
  uint32_t executor = transition->executor.identity == 0 ? 0 : lab_trace_executor(transition->executor);
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
  uint32_t executor = transition->executor.identity == 0 ? 0 : lab_trace_executor(transition->executor);
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

static void suspends(struct lab_trace_writer *writer, const struct lab_transition *transition) {
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
  uint32_t executor = lab_trace_executor(transition->executor);
  if (!is_innermost(writer, transition->task->id)) return;
  uint8_t *at = lab_trace_put_time(writer, LAB_TRACE_ACQUIRES, transition->ticks);
  at = lab_trace_put(at, executor);
  writer->acquired = executor;
  lab_trace_is_whole(writer, at);
}

static void releases(struct lab_trace_writer *writer, const struct lab_transition *transition) {
  uint32_t executor = lab_trace_executor(transition->executor);
  if (!is_innermost(writer, transition->task->id)) return;
  if (executor != writer->acquired)
    return lab_trace_write(transition->ticks,
                           (struct lab_trace_fields_of){.kind = LAB_TRACE_KIND_RELEASED, .executor = executor});
  lab_trace_is_whole(writer, lab_trace_put_time(writer, LAB_TRACE_RELEASES, transition->ticks));
}

static void on_transition(const struct lab_transition *told) {
  if (!lab_trace_is_on() || !lab_enter()) return;
  struct lab_transition transition = *told;
  if (LAB_UNLIKELY(!LAB_LOAD(&lab_trace_counts_cycles))) transition.ticks = lab_now();
  struct lab_trace_writer *writer = lab_trace_writer_here(transition.ticks);
  if (LAB_UNLIKELY(writer == NULL)) {
    // The account goes on without what was lost.
    struct lab_trace_writer *own = &lab_trace_writer;
    if (told->kind == LAB_TRANSITION_RUNS) enter(own, told->task->id);
    else if (told->kind == LAB_TRANSITION_SUSPENDS || told->kind == LAB_TRANSITION_ENDS) leave(own, told->task->id);
    return lab_leave();
  }
  switch (transition.kind) {
  case LAB_TRANSITION_MADE: made(writer, &transition); break;
  case LAB_TRANSITION_RUNNABLE: becomes_runnable(writer, &transition); break;
  case LAB_TRANSITION_RUNS: runs(writer, &transition); break;
  case LAB_TRANSITION_NESTS: turns(writer, &transition, LAB_TRACE_KIND_NESTS); break;
  case LAB_TRANSITION_RUNS_ON: turns(writer, &transition, LAB_TRACE_KIND_RUNS_ON); break;
  case LAB_TRANSITION_SUSPENDS: suspends(writer, &transition); break;
  case LAB_TRANSITION_ENDS: ends(writer, &transition); break;
  case LAB_TRANSITION_ENTERS: acquires(writer, &transition); break;
  case LAB_TRANSITION_LEAVES: releases(writer, &transition); break;
  }
  lab_leave();
}

struct lab_transition_listener lab_trace_listener = {.transition = on_transition};
#endif
