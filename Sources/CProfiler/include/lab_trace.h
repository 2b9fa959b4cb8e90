// Execution traces: what happens in the program, event by event, in a file that outlives it.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#pragma GCC visibility push(hidden)

#ifdef __cplusplus
extern "C" {
#endif

typedef enum lab_trace_status {
  LAB_TRACE_OK = 0,
  LAB_TRACE_ALREADY_RUNNING,
  LAB_TRACE_SANITIZER, ///< the hooks are not compiled in
  LAB_TRACE_NO_MEMORY, ///< or no address space
  LAB_TRACE_NO_THREAD,
  LAB_TRACE_NO_FILE,   ///< see lab_trace_error
  LAB_TRACE_UNSUPPORTED, ///< there is no C half on this platform
} lab_trace_status;

/// What has a window written out by itself, when it has lasted too long.
typedef enum lab_trace_trigger {
  LAB_TRACE_ON_REGION,     ///< a region, when it ends
  LAB_TRACE_ON_WAIT,       ///< a task's wait for whatever it awaits, or a call in which a thread is blocked
  LAB_TRACE_ON_STARVATION, ///< a task that could run and has no thread of the common pool
  LAB_TRACE_TRIGGERS,
} lab_trace_trigger;

/// A recording that is wanted.
typedef struct lab_trace_request {
  const char *path;            ///< what it takes the place of; null: a file without a name
  uint64_t limit;              ///< bytes that the file may have; 0: as usual
  uint64_t window;             ///< bytes of events, of which the oldest are written over; 0: all are kept
  uint64_t window_nanoseconds; ///< how much of the end of these is wanted
  uint64_t over[LAB_TRACE_TRIGGERS]; ///< nanoseconds; 0: that triggers nothing
  bool has_suspension_stacks;  ///< whether to tell where tasks are suspended
  bool has_samples;            ///< whether to tell of the samples of the CPU profiler's, while that runs
} lab_trace_request;

/// Begins it. Not async-signal-safe.
lab_trace_status lab_trace_start(const lab_trace_request *request);
/// Whom triggers call, on a thread of the profiler's own that has other things to do: it is to have somebody else write.
/// `occasion`: what has lasted how long, in words, until the next call for the same trigger. Null: nobody.
void lab_trace_on_trigger(void (*act)(const char *occasion));
/// The errno of what failed last.
int lab_trace_error(void);
/// Ends it: nothing is recorded any more, what was stays to be read until lab_trace_discard.
void lab_trace_stop(void);
/// Gives up what was recorded: nobody may read it any more. The file stays.
void lab_trace_discard(void);
/// The number of the recording that is under way, 0 if none is.
uint32_t lab_trace_session(void);

/// Brings up to date what is there beside events: tables, and of a window what tasks are at. Not async-signal-safe.
void lab_trace_settle(void);
/// The bytes of the file as they are now, mapped; null if there is none. Chunks that others write to grow meanwhile: see
/// TRACE-FORMAT.md.
const uint8_t *lab_trace_bytes(uint64_t *count);

/// Why transitions of tasks are not in the recording, in words; null if they are.
const char *lab_trace_without_tasks(void);
/// How many events were lost, and whether because the file has reached its limit or there is no room on the disk.
uint64_t lab_trace_lost(void);
bool lab_trace_is_full(void);

// MARK: - What the program says itself

/// As lab_trace_session, for whoever asks before each of the following. It is stored behind all that a recording begins
/// with, and acquired, so that who sees that there is one sees its tables.
extern uint32_t lab_trace_is_active;
static inline uint32_t lab_trace_now(void) { return __atomic_load_n(&lab_trace_is_active, __ATOMIC_ACQUIRE); }
static inline bool lab_trace_is_on(void) { return lab_trace_now() != 0; }

/// The number of a text that stays where it is, as StaticString's do, of which the first 1023 bytes count: found again by
/// its address. 0 if there are too many, or nothing is recorded. Async-signal-safe once it is known.
uint32_t lab_trace_name(const uint8_t *text, size_t bytes);
/// Records an event of the program's own: `kind` as TraceEvent.Kind numbers them. Returns its time, in ticks.
uint64_t lab_trace_mark(uint8_t kind, uint64_t other, uint32_t index, int64_t value);
/// Records a message, of which the first 1023 bytes count.
void lab_trace_log(uint64_t other, uint32_t category, const uint8_t *message, size_t bytes);
/// Records the end of a region that began at a time.
void lab_trace_region_ends(uint64_t other, uint32_t index, uint64_t began);
/// What a label set holds, as an entry of the file's tables has it.
void lab_trace_label_set(const uint8_t *entry, size_t bytes);

#ifdef __cplusplus
}
#endif

#pragma GCC visibility pop
