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

/// Where what the environment asks for is to go.
void lab_trace_goes_to(const char *path);
/// Begins what it asks for. Returns why it cannot, or null.
const char *lab_trace_begin(long rate);

// MARK: - The file (file.c)

/// Where a recording goes.
struct lab_trace_request {
  const char *path;  ///< null: a file without a name
  uint64_t limit;    ///< bytes
  uint64_t window;   ///< bytes of events that are kept; 0: all
  uint64_t window_nanoseconds;
};
/// Makes the file with its header, and room for the first slabs. `error`: the errno of what failed. Not
/// async-signal-safe.
lab_trace_status lab_trace_file_open(const struct lab_trace_request *request, int *error);
/// Gives up the mapping, when nobody writes to it any more. The file stays.
void lab_trace_file_close(void);
/// So many nanoseconds before a time in ticks.
uint64_t lab_trace_ticks_before(uint64_t ticks, uint64_t nanoseconds);
/// In the child of a fork: it is the parent's.
void lab_trace_file_forget(void);

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
bool lab_trace_keeper_start(void);
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
  LAB_TRACE_FIRST_BYTES = 2048 ///< of a thread's first chunk: most threads need no more
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
  uint8_t reason;
  bool has_main, has_pool;
  uint64_t lost;
  uint64_t running[LAB_TRACE_DEPTH];
};
extern __thread struct lab_trace_writer lab_trace_writer __attribute__((tls_model("initial-exec")));

/// The calling thread's, in lab_enter, with room for an event; null if there is no recording, or no room, which is
/// counted.
struct lab_trace_writer *lab_trace_writer_here(uint64_t ticks);
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
void lab_trace_write(uint64_t ticks, struct lab_trace_fields_of event);
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

// MARK: - Tasks (transitions.c)

extern struct lab_transition_listener lab_trace_listener;

// MARK: - Calls that wait (blocked.c)

/// Has them told; false if there is no memory. The hooks before them are the caller's.
bool lab_trace_blocked_begin(void);
void lab_trace_blocked_end(void);

// MARK: - Tables (tables.c)

/// Begins them anew. Not async-signal-safe.
bool lab_trace_tables_begin(void);
/// Writes what is new since the last time. `modules`: those that are loaded, too. One at a time, by itself.
void lab_trace_tables_write(bool modules);
/// Texts of its own; when the recording is on.
void lab_trace_tables_name_counters(void);
/// Figures of the whole process, as events of the calling thread, which is one of ours.
void lab_trace_sample_counters(void);
/// An executor's number. Async-signal-safe.
uint32_t lab_trace_executor(struct lab_executor executor);
/// The number that events have of a stack of the hooks' table, which is written before long. Async-signal-safe.
uint32_t lab_trace_stack(uint32_t stack);
void lab_trace_tables_end(void);
void lab_trace_tables_forget(void);

#pragma GCC visibility pop
