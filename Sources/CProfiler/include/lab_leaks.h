// The leak scan's C half: stops the threads, finds the tracked blocks that nothing leads to, and what these hold.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#pragma GCC visibility push(hidden)

#ifdef __cplusplus
extern "C" {
#endif

/// Why a scan gave no result.
typedef enum lab_leaks_status {
  LAB_LEAKS_OK = 0,
  LAB_LEAKS_NOT_ARMED = 1, ///< not every allocation is tracked
  LAB_LEAKS_BUSY = 2, ///< another scan is under way
  LAB_LEAKS_NO_MEMORY = 3, ///< the tables of the scan could not be mapped
  LAB_LEAKS_NOT_STOPPED = 4, ///< a thread went on running; `culprit` is its id
  LAB_LEAKS_UNSETTLED = 5, ///< each time the threads stopped, some block was just being reallocated
  LAB_LEAKS_FOREIGN_HANDLER = 7, ///< the program has a SIGPROF handler of its own
  LAB_LEAKS_UNSUPPORTED = 8, ///< there is no C half on this platform
  LAB_LEAKS_NO_MAPS = 6, ///< /proc/thread-self/maps could not be read
} lab_leaks_status;

/// A block that nothing leads to which can own it.
typedef struct lab_leaks_block {
  uintptr_t address;
  uint64_t size; ///< as requested
  uint64_t extent; ///< as handed out
  uint64_t content; ///< where its bytes begin in lab_leaks_result.content, or LAB_LEAKS_NOT_COPIED
  uint32_t stack; ///< for lab_heap_stack_frames
  uint32_t strong; ///< of an object, the strong references to it as the runtime counts them; 0: not known
  bool is_opaque; ///< holds the counts of a Swift object that weak references refer to
  bool is_gone; ///< an object that is no more, of which unowned references keep the memory
  bool is_young; ///< younger than was asked for
  bool is_doubted; ///< a word outside of Swift's objects leads to it; words of objects may be all its references
} lab_leaks_block;

#define LAB_LEAKS_NOT_COPIED UINT64_MAX

/// Eight bytes of one leaked block that point into another, or into the same one: a word, or any in untyped memory.
typedef struct lab_leaks_edge {
  uint32_t from, to; ///< positions in lab_leaks_result.blocks
  uint64_t offset; ///< of the first of them in `from`
} lab_leaks_edge;

/// Part of the address space that can be read.
typedef struct lab_leaks_range {
  uintptr_t start, limit;
} lab_leaks_range;

/// Which blocks are young: so many of a hundred that are tracked, the youngest, or those of so many milliseconds. 0: none.
typedef struct lab_leaks_age {
  uint32_t percent, milliseconds;
} lab_leaks_age;

/// What a scan found. All of it was copied while the threads stood still.
typedef struct lab_leaks_result {
  lab_leaks_block *blocks; ///< ascending by address within each region of 64 MiB
  lab_leaks_edge *edges; ///< ascending by `from`, then `offset`
  uint8_t *content; ///< the blocks' bytes
  lab_leaks_range *readable; ///< what was mapped readable, ascending
  size_t block_count, edge_count, content_bytes, readable_count;
  size_t block_capacity, edge_capacity, readable_capacity; ///< for lab_leaks_free
  uint64_t live_blocks, live_bytes; ///< tracked in all
  uint64_t root_bytes; ///< looked at as roots
  uint64_t unread_bytes; ///< of files that are shared, not looked at
  uint64_t pause_nanoseconds; ///< from the first signal until the threads were let go
  uint64_t total_nanoseconds;
  uint32_t threads; ///< stopped, beside the calling one
  uint32_t unreadable_threads; ///< of these, asleep in the kernel with the signal blocked: registers unknown
  uint32_t woken_threads; ///< of these, ran while memory was looked at, each time that was tried
  uint32_t attempts;
  int32_t culprit;
} lab_leaks_result;

/// Notes how far the heaps of libc reach: what was allocated before this call is not tracked, so it counts as a root.
/// Call it when tracking begins. False if that cannot be told: then a scan would take for leaked what those blocks
/// hold. Async-signal-safe.
bool lab_leaks_armed(void);

/// Stops all other threads, scans, lets them go. Needs every allocation tracked (rate 1). Not async-signal-safe; while
/// the others stand still it neither allocates from the heap nor takes a lock. `out` is zeroed first; give it to
/// lab_leaks_free whatever the status. `patience_nanoseconds` bounds the wait for threads that do not answer.
lab_leaks_status lab_leaks_scan(lab_leaks_result *out, uint64_t patience_nanoseconds, lab_leaks_age young);
void lab_leaks_free(lab_leaks_result *result);

/// Zeroes the unused stack below the caller. Frames made there later have slots that they do not fill, in which
/// addresses from earlier calls would look like references that the caller holds. Async-signal-safe; needs 24 KiB of
/// stack.
void lab_leaks_clear_stack(void);

/// What the environment has asked for with LAB_LEAKS_OLDER_THAN, as it is written there; NULL if nothing.
const char *lab_leaks_older_than(void);

/// The path of the loaded file that the address lies in, NULL if in none. Not async-signal-safe.
const char *lab_leaks_file_at(uintptr_t address);

#ifdef __cplusplus
}
#endif

#pragma GCC visibility pop
