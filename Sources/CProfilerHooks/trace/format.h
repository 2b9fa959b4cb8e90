// The bytes of a trace, as TRACE-FORMAT.md tells of them: a file is a header and chunks.
#pragma once
#include "base/atomics.h"
#include <stdint.h>

#define LAB_TRACE_MAGIC "LabTrace"
enum {
  LAB_TRACE_VERSION = 1,
  LAB_TRACE_HEADER_BYTES = 4096,
  LAB_TRACE_SLAB_BYTES = 32768,
  LAB_TRACE_CHUNK_MAGIC = 0x4b48434c, ///< `LCHK`
};

/// The first page.
struct lab_trace_header {
  char magic[8];
  uint32_t version, header_bytes;
  uint32_t slab_bytes; ///< chunks do not reach over multiples of it, behind the header; 0: they follow one another
  uint32_t flags;      ///< enum lab_trace_flags
  uint32_t shift;      ///< times of events are in units of 2 to this ticks
  uint32_t processors;
  uint32_t process;
  uint32_t reserved;
  uint64_t ticks, monotonic, realtime; ///< at the start; the latter two in nanoseconds
  uint64_t window; ///< how many nanoseconds are kept; 0: all
  _Atomic uint64_t lost; ///< events, as of a tenth of a second ago
  _Atomic uint64_t since; ///< ticks: from when on a window has all events; 0: from the start on
};

enum lab_trace_flags {
  LAB_TRACE_IS_OF_CYCLES = 1, ///< a tick is one of the processor's; else a nanosecond by CLOCK_MONOTONIC
  LAB_TRACE_IS_WHOLE = 2,     ///< it was ended and written out
};

enum lab_trace_chunk_kind { LAB_TRACE_OF_EVENTS = 1, LAB_TRACE_OF_TABLES = 2 };
enum lab_trace_chunk_flags {
  LAB_TRACE_IS_SEALED = 1,      ///< nobody writes to it any more, and `checksum` holds
  LAB_TRACE_IS_OF_MAIN = 2,     ///< of the thread that the process began with
  LAB_TRACE_IS_OF_POOL = 4,     ///< of one that runs tasks for the common pool
  LAB_TRACE_IS_OF_PROFILER = 8, ///< of one of the profiler's own
  LAB_TRACE_TELLS_LIVING = 16,  ///< what tasks are at, as of then
  LAB_TRACE_HAS_TEXTS = 32,     ///< events of it have texts
};

/// What a chunk begins with.
struct lab_trace_chunk {
  _Atomic uint32_t magic;
  uint8_t kind;
  _Atomic uint8_t flags;
  uint16_t header_bytes;
  uint32_t length;        ///< from its beginning to where the next may begin
  _Atomic uint32_t used;  ///< bytes behind the header; grows by whole events
  uint64_t sequence;      ///< in which order chunks were begun, from 1
  uint64_t ticks;         ///< from when on its events' times count
  uint64_t clock, monotonic; ///< one moment by both clocks
  uint64_t task;          ///< what the ids of its events are told from
  uint32_t thread;        ///< numbers the threads of the trace, from 1
  uint32_t tid;
  uint64_t lost;          ///< how many of the thread's events are missing before it
  uint32_t events;        ///< known once it is sealed
  uint32_t checksum;      ///< CRC-32C of header and used bytes, with 0 in this place and in that of `lost_after`
  char name[16];          ///< of the thread
  uint64_t end;           ///< ticks: when it was sealed; 0: it was not
  _Atomic uint64_t lost_after; ///< how many of the thread's events are missing after it, if there is no next one
};
_Static_assert(sizeof(struct lab_trace_chunk) == 112, "as documented");

/// The upper half of an event's first byte.
enum lab_trace_code {
  LAB_TRACE_END = 0,
  LAB_TRACE_MADE,
  LAB_TRACE_SPAWNED, ///< made, and given to the common pool at once
  LAB_TRACE_RUNNABLE,
  LAB_TRACE_RUNNABLE_AT,
  LAB_TRACE_RUNS,
  LAB_TRACE_RUNS_AT,
  LAB_TRACE_SUSPENDS,
  LAB_TRACE_SUSPENDS_AGAIN, ///< for the same as last
  LAB_TRACE_ENDS,
  LAB_TRACE_ACQUIRES,
  LAB_TRACE_RELEASES,
  LAB_TRACE_BLOCKS,
  LAB_TRACE_RETURNS,
  LAB_TRACE_OTHER = 15,
};
/// The lower half is a time since the last event; this: more follows.
enum { LAB_TRACE_LONG_TIME = 15 };

/// Which fields an event of code LAB_TRACE_OTHER has, behind its kind.
enum lab_trace_fields {
  LAB_TRACE_HAS_TASK = 1,
  LAB_TRACE_HAS_OTHER = 2,
  LAB_TRACE_HAS_EXECUTOR = 4,
  LAB_TRACE_HAS_INDEX = 8,
  LAB_TRACE_HAS_VALUE = 16,
  LAB_TRACE_HAS_REASON = 32,
  LAB_TRACE_HAS_TEXT = 64,
};

/// Kinds of events, as such events tell them; the numbers are the reader's, too (TraceEvent.Kind).
enum lab_trace_kind {
  LAB_TRACE_KIND_MADE = 1,
  LAB_TRACE_KIND_RUNNABLE,
  LAB_TRACE_KIND_RUNS,
  LAB_TRACE_KIND_NESTS,
  LAB_TRACE_KIND_RUNS_ON,
  LAB_TRACE_KIND_SUSPENDS,
  LAB_TRACE_KIND_ENDS,
  LAB_TRACE_KIND_MET,
  LAB_TRACE_KIND_JOB_RUNS,
  LAB_TRACE_KIND_JOB_ENDS,
  LAB_TRACE_KIND_ACQUIRED,
  LAB_TRACE_KIND_RELEASED,
  LAB_TRACE_KIND_THREAD_STARTS,
  LAB_TRACE_KIND_THREAD_ENDS,
  LAB_TRACE_KIND_BLOCKS,
  LAB_TRACE_KIND_RETURNS,
  LAB_TRACE_KIND_USER_TASK_BEGINS,
  LAB_TRACE_KIND_USER_TASK_ENDS,
  LAB_TRACE_KIND_REGION_BEGINS,
  LAB_TRACE_KIND_REGION_ENDS,
  LAB_TRACE_KIND_LOG,
  LAB_TRACE_KIND_LABELS,
  LAB_TRACE_KIND_COUNTER,
  LAB_TRACE_KIND_SAMPLE,
  LAB_TRACE_KIND_LOST,
  /// No event: the tasks that the thread runs, one in the other, the outermost first, are `value` numbers that follow.
  LAB_TRACE_KIND_STACK = 64,
  /// No event: at its time CLOCK_MONOTONIC was `other`.
  LAB_TRACE_KIND_CLOCK = 65,
  /// No event: what a task was at. `value`: for how many ticks it had been, and in the lowest three bits its state
  /// (enum lab_task_state); `reason`; `other`: its parent; `index`: its creation; `executor`: its label set.
  LAB_TRACE_KIND_LIVES = 66,
};

/// What waits for what, as in TraceEvent's WaitReason.
enum lab_trace_reason {
  LAB_TRACE_AWAITS_NOTHING = 0,
  LAB_TRACE_AWAITS_TASK,
  LAB_TRACE_AWAITS_CONTINUATION,
  LAB_TRACE_AWAITS_GROUP,
  LAB_TRACE_AWAITS_ACTOR,
  LAB_TRACE_AWAITS_EXECUTOR,
  LAB_TRACE_AWAITS_SLEEP,
  LAB_TRACE_AWAITS_STREAM,
  LAB_TRACE_AWAITS_LOCK,
  LAB_TRACE_AWAITS_SEMAPHORE,
  LAB_TRACE_AWAITS_CONDITION,
  LAB_TRACE_AWAITS_QUEUE,
  LAB_TRACE_AWAITS_READ,
  LAB_TRACE_AWAITS_WRITE,
  LAB_TRACE_AWAITS_NETWORK,
  LAB_TRACE_AWAITS_POLL,
  LAB_TRACE_AWAITS_JOIN,
  LAB_TRACE_AWAITS_YIELD,
  LAB_TRACE_AWAITS_OTHER,
};

/// The entries of chunks of tables: a byte of these, the bytes that follow as a number, and they.
enum lab_trace_table {
  LAB_TRACE_TEXT = 1, ///< number; the text
  LAB_TRACE_STACK,    ///< number, count; return addresses, leaf first, each as the difference to the one before
  LAB_TRACE_EXECUTOR, ///< number, kind, address; the type's name
  LAB_TRACE_LABELS,   ///< number, count; of each label the bytes of its key, key, bytes of its value, value
  LAB_TRACE_MODULE,   ///< bias, first address, last, offset in the file, bytes of the build id; build id; path
  LAB_TRACE_PROGRAM,  ///< count; of each argument its bytes, and it; the first is the program's path
  LAB_TRACE_NAMES,    ///< number of a stack, count; of each function the texts of its name and its file, and the line
  LAB_TRACE_LOSS,     ///< count; sentence
};

/// Kinds of executors, as in TraceExecutor.Kind.
enum lab_trace_executor_kind {
  LAB_TRACE_EXECUTOR_GLOBAL,
  LAB_TRACE_EXECUTOR_MAIN,
  LAB_TRACE_EXECUTOR_ACTOR,
  LAB_TRACE_EXECUTOR_SERIAL,
  LAB_TRACE_EXECUTOR_TASK,
};
