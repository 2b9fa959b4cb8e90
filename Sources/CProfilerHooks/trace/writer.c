// What threads write: each into a chunk of its own, so that nobody waits for anybody.
//
// An event takes a few bytes, for most of it is told as a difference to what came before, and the task that runs need
// not be told at all: writer and reader keep the same account of it. `used` is stored when an event is whole, so
// that a chunk can be read at any time, and after whatever end.
//
// C, because hooks write. It calls the kernel only, once a chunk.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/hidden.h"
#include "base/start_order.h"
#include "threads/births.h"
#include "trace/trace.h"
#include <string.h>
#include <sys/prctl.h>

LAB_HIDE_THIS_FILE

__thread struct lab_trace_writer lab_trace_writer __attribute__((tls_model("initial-exec")));
uint32_t lab_trace_is_active;
_Atomic bool lab_trace_counts_cycles;
static _Atomic uint32_t threads;
uint32_t lab_trace_shift;
static _Atomic uint64_t lost;

uint32_t lab_trace_session(void) { return lab_trace_now(); }
uint64_t lab_trace_lost(void) { return LAB_LOAD(&lost); }

void lab_trace_writers_begin(uint32_t shift) {
  lab_trace_shift = shift;
  LAB_STORE(&threads, 0);
  LAB_STORE(&lost, 0);
}

static void name_chunk(struct lab_trace_chunk *chunk) { lab_system_call(SYS_prctl, PR_GET_NAME, chunk->name); }

static void seal(struct lab_trace_writer *writer, bool cut) {
  struct lab_trace_chunk *chunk = writer->chunk;
  if (chunk == NULL) return;
  writer->chunk = NULL;
  writer->last = chunk;
  writer->at = writer->limit = NULL;
  writer->spawnable = NULL;
  chunk->events = writer->events;
  name_chunk(chunk);
  lab_trace_chunk_seal(chunk, cut);
}

/// What the chunk goes on from.
static void put_stack(struct lab_trace_writer *writer) {
  uint8_t *at = writer->at;
  *at++ = LAB_TRACE_OTHER << 4;
  *at++ = LAB_TRACE_KIND_STACK;
  at = lab_trace_put(at, writer->depth);
  uint64_t last = writer->task;
  for (uint32_t i = 0; i < writer->depth; i++) {
    at = lab_trace_put(at, lab_trace_zigzag((int64_t)(writer->running[i] - last)));
    last = writer->running[i];
  }
  writer->at = at;
}

static bool begin_chunk(struct lab_trace_writer *writer, uint64_t ticks) {
  bool is_first = writer->number == 0;
  seal(writer, false);
  bool is_small = is_first || writer->is_turned;
  struct lab_trace_chunk *chunk =
      lab_trace_chunk_new(LAB_TRACE_OF_EVENTS, is_small ? LAB_TRACE_FIRST_BYTES : LAB_TRACE_SLAB_BYTES);
  if (chunk == NULL) return false;
  writer->is_turned = false;
  writer->last = NULL;
  if (is_first) writer->number = atomic_fetch_add(&threads, 1) + 1;
  const struct lab_thread *thread = lab_self.thread;
  writer->has_main = thread != NULL && thread->is_main;
  LAB_STORE(&chunk->flags, (writer->has_main ? LAB_TRACE_IS_OF_MAIN : 0) | (writer->has_pool ? LAB_TRACE_IS_OF_POOL : 0) |
                               (lab_self.is_own ? LAB_TRACE_IS_OF_PROFILER : 0) | writer->flags);
  chunk->ticks = ticks;
  lab_trace_read_clocks(&chunk->clock, &chunk->monotonic);
  chunk->task = writer->task;
  chunk->thread = writer->number;
  chunk->tid = (uint32_t)lab_gettid();
  chunk->lost = writer->lost;
  name_chunk(chunk);
  writer->chunk = chunk;
  writer->at = lab_trace_payload(chunk);
  writer->limit = (uint8_t *)chunk + chunk->length;
  writer->time = ticks >> lab_trace_shift;
  writer->made = writer->task;
  writer->creation = writer->acquired = writer->events = 0;
  writer->reason = 0;
  writer->lost = 0;
  if (writer->depth > 0) put_stack(writer);
  LAB_RELEASE(&chunk->used, (uint32_t)(writer->at - lab_trace_payload(chunk)));
  return true;
}

// MARK: - Taking part

/// Puts the tasks from an innermost one outwards into the account, as far as there is room.
static void account_for(struct lab_trace_writer *writer, const struct lab_task *innermost) {
  const struct lab_task *tasks[LAB_TRACE_DEPTH];
  uint32_t count = 0;
  for (const struct lab_task *task = innermost; task != NULL && count < LAB_TRACE_DEPTH; task = task->outer)
    tasks[count++] = task;
  while (count > 0 && writer->depth < LAB_TRACE_DEPTH) writer->running[writer->depth++] = tasks[--count]->id;
}

void lab_trace_writer_join(const struct lab_task *innermost, const struct lab_task *left) {
  uint32_t session = lab_trace_session();
  struct lab_trace_writer *writer = &lab_trace_writer;
  if (session == 0 || writer->session == session) return;
  *writer = (struct lab_trace_writer){.session = session};
  if (lab_self.task_session != LAB_LOAD(&lab_task_session)) return;
  account_for(writer, innermost);
  if (left != NULL && writer->depth < LAB_TRACE_DEPTH) writer->running[writer->depth++] = left->id;
  if (left == NULL) left = innermost;
  if (left == NULL || !LAB_LOAD(&lab_trace_counts_cycles)) return;
  uint64_t start = lab_trace_start_ticks(), since = LAB_LOAD(&left->since);
  begin_chunk(writer, since > start ? since : start);
}

static void write_pending(struct lab_trace_writer *writer) {
  uint64_t ticks = LAB_LOAD(&writer->pending.ticks);
  uint32_t stack = writer->pending.stack, weight = writer->pending.weight;
  if (ticks == 0) return;
  LAB_STORE(&writer->pending.ticks, 0);
  lab_trace_write(ticks, (struct lab_trace_fields_of){.kind = LAB_TRACE_KIND_SAMPLE, .index = stack, .value = weight});
}

static __attribute__((noinline)) struct lab_trace_writer *make_room(struct lab_trace_writer *writer, uint64_t ticks,
                                                                    size_t bytes) {
  uint32_t session = lab_trace_session();
  if (session == 0) return NULL;
  lab_trace_writer_join(lab_self.task, NULL);
  if (writer->chunk != NULL) writer->limit = (uint8_t *)writer->chunk + writer->chunk->length;
  bool has_room = writer->at != NULL && (size_t)(writer->limit - writer->at) >= LAB_TRACE_LONGEST + bytes;
  if (has_room || begin_chunk(writer, ticks)) {
    // Writes by way of this function, with room and nothing pending any more.
    if (LAB_UNLIKELY(LAB_LOAD(&writer->pending.ticks) != 0)) write_pending(writer);
    return writer;
  }
  writer->lost++;
  lab_count(&lost, 1);
  // Of a window what was lost the next chunk tells, and the last one's place may be another's.
  if (writer->last != NULL && !lab_trace_keeps_window()) lab_count(&writer->last->lost_after, 1);
  return NULL;
}

void lab_trace_writer_turn(uint8_t flags, uint64_t ticks) {
  struct lab_trace_writer *writer = &lab_trace_writer;
  if (lab_trace_session() == 0) return;
  lab_trace_writer_join(lab_self.task, NULL);
  writer->flags = flags;
  writer->is_turned = true;
  seal(writer, true);
  begin_chunk(writer, ticks);
}

struct lab_trace_writer *lab_trace_writer_with_room(uint64_t ticks, size_t bytes) {
  struct lab_trace_writer *writer = &lab_trace_writer;
  bool has_room = writer->session == lab_trace_now() && writer->at != NULL &&
                  (size_t)(writer->limit - writer->at) >= LAB_TRACE_LONGEST + bytes;
  return LAB_LIKELY(has_room) ? writer : make_room(writer, ticks, bytes);
}

struct lab_trace_writer *lab_trace_writer_here(uint64_t ticks) { return lab_trace_writer_with_room(ticks, 0); }

void lab_trace_write(uint64_t ticks, struct lab_trace_fields_of event) {
  struct lab_trace_writer *writer = lab_trace_writer_here(ticks);
  if (writer != NULL) lab_trace_is_whole(writer, lab_trace_put_fields(writer, ticks, event, false));
}

void lab_trace_write_text(uint64_t ticks, struct lab_trace_fields_of event, const uint8_t *text, size_t bytes) {
  struct lab_trace_writer *writer = lab_trace_writer_with_room(ticks, bytes);
  if (writer == NULL) return;
  atomic_fetch_or(&writer->chunk->flags, LAB_TRACE_HAS_TEXTS);
  uint8_t *at = lab_trace_put(lab_trace_put_fields(writer, ticks, event, true), bytes);
  lab_trace_is_whole(writer, lab_trace_put_bytes(at, text, bytes));
}

void lab_trace_writer_end(void) {
  struct lab_trace_writer *writer = &lab_trace_writer;
  if (writer->session == lab_trace_session()) {
    if (LAB_LOAD(&writer->pending.ticks) != 0) write_pending(writer);
    seal(writer, true);
  }
  *writer = (struct lab_trace_writer){0};
}

// MARK: - Threads

static void thread_begins(struct lab_thread *thread) {
  (void)thread;
  if (!lab_trace_is_on() || !lab_enter()) return;
  lab_trace_write(lab_trace_ticks(), (struct lab_trace_fields_of){.kind = LAB_TRACE_KIND_THREAD_STARTS});
  lab_leave();
}

static void thread_ends(struct lab_thread *thread, bool blocked) {
  (void)thread;
  (void)blocked;
  if (!lab_trace_is_on() || !lab_enter()) return;
  lab_trace_write(lab_trace_ticks(), (struct lab_trace_fields_of){.kind = LAB_TRACE_KIND_THREAD_ENDS});
  lab_trace_writer_end();
  lab_leave();
}

__attribute__((constructor(LAB_STARTS_TRACES))) static void prepare_writers(void) {
  static struct lab_thread_watcher watcher = {.begins = thread_begins, .ends = thread_ends};
  lab_threads_watch(&watcher);
}
#endif
