// What the files of this room share.
#pragma once
#include "base/clock.h"
#include "base/system_call.h"
#include "lab_trace.h"
#include "tasks/task.h"
#include "trace/format.h"
#include <stdbool.h>
#include <stddef.h>
#pragma GCC visibility push(hidden)

/// Where what the environment asks for is to go; the first `%n` of it is made a 0. `is_numbered`: whether there is one.
void lab_trace_goes_to(const char *path);
bool lab_trace_is_numbered(void);
/// The file that is recorded into, however often what was recorded is written to others meanwhile.
const char *lab_trace_path(void);
/// Whether a window is kept, and whether samples of the CPU profiler's are wanted.
bool lab_trace_keeps_window(void);
bool lab_trace_wants_samples(void);
/// Begins what it asks for. Returns why it cannot, or null.
const char *lab_trace_begin(long rate);

// MARK: - The file (file.c)

/// Makes the file with its header, and room for the first slabs. `error`: the errno of what failed. Not
/// async-signal-safe.
lab_trace_status lab_trace_file_open(const lab_trace_request *request, int *error);
/// Gives up the mapping, when nobody writes to it any more. The file stays.
void lab_trace_file_close(void);
/// So many nanoseconds in ticks, by all that has passed of both since the start.
uint64_t lab_trace_ticks_of(uint64_t nanoseconds);
/// When the recording began, in ticks.
uint64_t lab_trace_start_ticks(void);
/// How often slabs have been taken anew.
uint64_t lab_trace_file_turns(void);
/// In the child of a fork: it is the parent's.
void lab_trace_file_forget(void);
/// Whether a file is still as it was recorded, and nothing that was written out has taken its place.
bool lab_trace_file_is_raw(const char *path);

/// Sees to it that there is room ahead of need; for the thread that has the descriptor.
void lab_trace_file_grow(void);
/// Hands the descriptor over to the calling thread alone, which then has a table of descriptors of its own.
void lab_trace_file_take(void);
/// It is the calling thread's no more: to be called by the one that opened the file.
void lab_trace_file_share_no_more(void);

/// Begins a chunk of at most so many bytes, with all of its header but the times, the task and the thread; null if
/// there is no room. Lock-free, async-signal-safe.
struct lab_trace_chunk *lab_trace_chunk_new(enum lab_trace_chunk_kind kind, uint32_t bytes);
/// Nobody writes to it any more. `cut`: what it has not used may be another's.
void lab_trace_chunk_seal(struct lab_trace_chunk *chunk, bool cut);
static inline uint8_t *lab_trace_payload(struct lab_trace_chunk *chunk) {
  return (uint8_t *)chunk + sizeof(struct lab_trace_chunk);
}

// MARK: - The thread that keeps house (keeper.c)

/// Starts it, and waits until it has the file; false if there is no thread to be had.
bool lab_trace_keeper_start(const lab_trace_request *request);
/// Has it end, and waits for that.
void lab_trace_keeper_stop(void);
/// Wakes it: room runs short.
void lab_trace_keeper_wake(void);
/// At a crash: has it end, and waits a moment until the kernel knows it no more.
void lab_trace_keeper_leave(void);
void lab_trace_keeper_forget(void);

// MARK: - Numbers

/// A number of seven bits a byte, the lowest first; the highest bit says that more follow.
static inline uint8_t *lab_trace_put(uint8_t *at, uint64_t number) {
  for (; number >= 0x80; number >>= 7) *at++ = (uint8_t)(number | 0x80);
  *at++ = (uint8_t)number;
  return at;
}
/// Small for what is near 0 on either side.
static inline uint64_t lab_trace_zigzag(int64_t number) { return (uint64_t)number << 1 ^ (uint64_t)(number >> 63); }

// MARK: - What threads write (writer.c)

enum {
  LAB_TRACE_DEPTH = 24,        ///< tasks within tasks that are followed
  LAB_TRACE_LONGEST = 80,      ///< bytes of an event
  LAB_TRACE_FIRST_BYTES = 2048 ///< of a thread's first chunk, and after a turn: mostly no more is needed
};

/// A sample that came in the middle of an event, to be written with the next.
struct lab_trace_pending {
  _Atomic uint64_t ticks; ///< 0: none
  uint32_t stack, weight;
};

/// What a thread keeps for the recording that it takes part in.
struct lab_trace_writer {
  uint8_t *at, *limit;
  struct lab_trace_chunk *chunk; ///< null: none yet
  uint64_t time;                 ///< of the last event, in units
  uint64_t task, made;           ///< the ids that were written last, and last of a task that was made
  uint8_t *spawnable;            ///< the event that says so, while the task has not been given to an executor
  uint32_t creation, session, number, executor, acquired;
  uint32_t events, depth;
  uint8_t reason, flags;
  bool has_main, has_pool, is_turned;
  uint64_t lost;
  uint64_t met;                  ///< a task that was met, of which the next event says what it was at; 0: none
  struct lab_trace_chunk *last;  ///< the one before, while there is no room for the next
  struct lab_trace_pending pending;
  uint64_t running[LAB_TRACE_DEPTH];
};
extern __thread struct lab_trace_writer lab_trace_writer __attribute__((tls_model("initial-exec")));

/// The calling thread's, in lab_enter, with room for an event; null if there is no recording, or no room, which is
/// counted.
struct lab_trace_writer *lab_trace_writer_here(uint64_t ticks);
/// The same with room for so many bytes more, at most as many as a small chunk has.
struct lab_trace_writer *lab_trace_writer_with_room(uint64_t ticks, size_t bytes);
/// A unit of time is 2 to this ticks.
extern uint32_t lab_trace_shift;

/// Begins an event: its code, and how long after the last one it was.
static inline uint8_t *lab_trace_put_time(struct lab_trace_writer *writer, enum lab_trace_code code, uint64_t ticks) {
  uint64_t time = ticks >> lab_trace_shift, past = LAB_LIKELY(time > writer->time) ? time - writer->time : 0;
  writer->time += past;
  writer->spawnable = NULL;
  uint8_t *at = writer->at;
  *at++ = (uint8_t)(code << 4 | (past < LAB_TRACE_LONG_TIME ? past : LAB_TRACE_LONG_TIME));
  return past < LAB_TRACE_LONG_TIME ? at : lab_trace_put(at, past - LAB_TRACE_LONG_TIME);
}
static inline uint8_t *lab_trace_put_task(struct lab_trace_writer *writer, uint8_t *at, uint64_t task) {
  at = lab_trace_put(at, lab_trace_zigzag((int64_t)(task - writer->task)));
  writer->task = task;
  return at;
}
/// The event ends there, and may be read.
static inline void lab_trace_is_whole(struct lab_trace_writer *writer, uint8_t *at) {
  writer->at = at;
  writer->events++;
  LAB_RELEASE(&writer->chunk->used, (uint32_t)(at - lab_trace_payload(writer->chunk)));
}

/// One event of any kind, in lab_enter; fields that are 0 take no room. Kinds that say so set the task that runs.
struct lab_trace_fields_of {
  uint64_t task, other;
  int64_t value;
  uint32_t executor, index;
  uint8_t kind, reason;
};
/// The event up to its text, of which `has_text` says that it follows.
static inline __attribute__((always_inline)) uint8_t *lab_trace_put_fields(struct lab_trace_writer *writer, uint64_t ticks,
                                                                        struct lab_trace_fields_of event, bool has_text) {
  uint8_t *at = lab_trace_put_time(writer, LAB_TRACE_OTHER, ticks);
  *at++ = event.kind;
  uint8_t *fields = at++;
  *fields = (uint8_t)((event.task != 0 ? LAB_TRACE_HAS_TASK : 0) | (event.other != 0 ? LAB_TRACE_HAS_OTHER : 0) |
                      (event.executor != 0 ? LAB_TRACE_HAS_EXECUTOR : 0) |
                      (event.index != 0 ? LAB_TRACE_HAS_INDEX : 0) | (event.value != 0 ? LAB_TRACE_HAS_VALUE : 0) |
                      (event.reason != 0 ? LAB_TRACE_HAS_REASON : 0) | (has_text ? LAB_TRACE_HAS_TEXT : 0));
  if (event.task != 0) at = lab_trace_put_task(writer, at, event.task);
  if (event.other != 0) at = lab_trace_put(at, event.other);
  if (event.executor != 0) at = lab_trace_put(at, event.executor);
  if (event.index != 0) at = lab_trace_put(at, event.index);
  if (event.value != 0) at = lab_trace_put(at, lab_trace_zigzag(event.value));
  if (event.reason != 0) *at++ = event.reason;
  return at;
}
void lab_trace_write(uint64_t ticks, struct lab_trace_fields_of event);
/// The same with a text, of 1023 bytes at most.
void lab_trace_write_text(uint64_t ticks, struct lab_trace_fields_of event, const uint8_t *text, size_t bytes);
/// The thread begins to take part, unless it does already. Tasks that have been on it until now, within one another, have
/// been there since the recording began, or since they came there: the innermost, and one within that which it has just
/// let go of; null: none.
void lab_trace_writer_join(const struct lab_task *innermost, const struct lab_task *left);
/// Has the calling thread go on in a new chunk, which has these flags, too, and so those that come after it.
void lab_trace_writer_turn(uint8_t flags, uint64_t ticks);
/// The thread writes no more.
void lab_trace_writer_end(void);
/// All threads get new numbers; in whatever they write from now on.
void lab_trace_writers_begin(uint32_t shift);

/// The time of an event, by the clock of the recording.
extern _Atomic bool lab_trace_counts_cycles;
static inline uint64_t lab_trace_ticks(void) {
  return LAB_LIKELY(LAB_LOAD(&lab_trace_counts_cycles)) ? lab_ticks() : lab_now();
}

/// One moment by both clocks. Who is kept from the processor in between tries again.
static inline void lab_trace_read_clocks(uint64_t *ticks, uint64_t *nanoseconds) {
  for (int tries = 0; tries < 4; tries++) {
    uint64_t before = lab_trace_ticks();
    *nanoseconds = lab_now();
    uint64_t after = lab_trace_ticks();
    *ticks = before + (after - before) / 2;
    if (after - before < 2048) return;
  }
}

// MARK: - Where tasks wait (sites.c)

/// Looks for Swift's library. Not async-signal-safe.
void lab_trace_sites_begin(void);
/// The functions of Swift's library in which a task waits that has just been suspended, and nobody resumes yet, as a stack
/// of the trace; 0 if it waits in the program's own.
uint32_t lab_trace_site(const struct lab_task *task);

// MARK: - Tasks (transitions.c)

extern struct lab_transition_listener lab_trace_listener;
/// Whether where they are suspended is told.
extern _Atomic bool lab_trace_tells_suspensions;
/// A job that is no task: see lab_transition_listener.
void lab_trace_job(bool begins, uintptr_t job, uintptr_t type, struct lab_executor executor, uint64_t ticks);

// MARK: - Tasks that live (living.c)

/// Tells of all of them what they are at. On a thread of the profiler's own, or the one that begins the recording.
void lab_trace_tell_living(uint64_t most_bytes);
/// How many there are that can run and have no thread; and whether one of the common pool's has been so, or one has
/// waited, for longer than triggers allow, which it tells them.
struct lab_trace_ready {
  uint64_t live, ready;
};
struct lab_trace_ready lab_trace_look_at_tasks(void);

// MARK: - Figures (counters.c)

/// Texts of its own; when the recording is on.
void lab_trace_counters_name(void);
/// Figures of the whole process, as events of the calling thread, which is one of ours. `round`: of the keeper.
void lab_trace_counters_sample(unsigned round);

// MARK: - Triggers (triggers.c)

/// By trigger, what is too long, in ticks; none is: all ones.
extern _Atomic uint64_t lab_trace_over[LAB_TRACE_TRIGGERS];
static inline bool lab_trace_is_over(lab_trace_trigger trigger, uint64_t ticks) {
  return LAB_UNLIKELY(ticks > LAB_LOAD(&lab_trace_over[trigger]));
}
void lab_trace_triggers_begin(const lab_trace_request *request);
void lab_trace_triggers_end(void);
/// Something has lasted so many ticks. Async-signal-safe.
void lab_trace_raise(lab_trace_trigger trigger, uint64_t ticks);
/// Has written what was raised, unless that was done for the same trigger not long ago. For the keeper's thread.
void lab_trace_triggers_serve(void);
/// Reads them as the environment tells them, `region=50ms,wait=1s`; false if it makes no sense.
bool lab_trace_triggers_read(const char *text, lab_trace_request *request);
/// Reads a window, `10s`, `10MiB` or both; and what else is to be recorded, `cpu,stacks`.
bool lab_trace_window_read(const char *text, lab_trace_request *request);
bool lab_trace_extras_read(const char *text, lab_trace_request *request);

// MARK: - Samples of the CPU time (samples.c)

void lab_trace_samples_begin(void);
void lab_trace_samples_end(void);

// MARK: - Calls that wait (blocked.c)

/// Has them told; false if there is no memory. The hooks before them are the caller's.
bool lab_trace_blocked_begin(void);
void lab_trace_blocked_end(void);

// MARK: - Tables (tables.c)

/// Begins them anew. Not async-signal-safe.
bool lab_trace_tables_begin(void);
/// Writes what is new since the last time. `modules`: those that are loaded, too. One at a time, by itself.
void lab_trace_tables_write(bool modules);
/// Writes an entry, in the middle of that; false if there is no room.
bool lab_trace_put_entry(enum lab_trace_table table, const uint8_t *bytes, size_t count);
static inline uint8_t *lab_trace_put_bytes(uint8_t *to, const void *bytes, size_t count) {
  __builtin_memcpy(to, bytes, count);
  return to + count;
}
/// The number of a text, of which the first 1023 bytes count; 0 if there are too many, or nothing is recorded. Not
/// async-signal-safe.
uint32_t lab_trace_text(const char *text, size_t bytes);
/// The text that a place stands for; 0 if it has none yet, and that it has from now on.
uint32_t lab_trace_name_at(uintptr_t place);
uint32_t lab_trace_name_for(uintptr_t place, const char *text, size_t bytes);

// MARK: - Executors (executors.c)

/// An executor's number. `is_of_tasks`: whether it is one that tasks prefer. Async-signal-safe.
uint32_t lab_trace_executor(struct lab_executor executor, bool is_of_tasks);
bool lab_trace_executors_begin(void);
void lab_trace_executors_write(void);
enum { LAB_TRACE_TYPE_BYTES = 128 };
/// The name of a class; returns how many bytes, 0 if it cannot be told.
size_t lab_trace_type_name(uintptr_t type, char name[LAB_TRACE_TYPE_BYTES]);

// MARK: - Stacks (tables.c)

/// The number that events have of a stack of the hooks' table, which is written before long. Async-signal-safe.
uint32_t lab_trace_stack(uint32_t stack);
void lab_trace_tables_end(void);
void lab_trace_tables_forget(void);

#pragma GCC visibility pop
