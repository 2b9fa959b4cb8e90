// The heap profiler's C half: allocation hooks, the table of tracked blocks and the tree of their stacks.
//
// Everything here is lock-free and allocates only by mmap, so that it may run inside malloc, in a signal handler that
// interrupted malloc, between fork and exec, and while all other threads are stopped.
#pragma once
#include "lab_loaded_images.h"
#include "lab_memory.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#pragma GCC visibility push(hidden)

#ifdef __cplusplus
extern "C" {
#endif

// MARK: - Life

/// Why lab_heap_start refused.
typedef enum lab_heap_status {
  LAB_HEAP_OK = 0,
  LAB_HEAP_ALREADY_RUNNING = 1, ///< a second profiler
  LAB_HEAP_SANITIZER = 2, ///< the hooks are compiled out under address, thread and memory sanitizers
  LAB_HEAP_FOREIGN_MALLOC = 3, ///< another malloc of the program stands before the hooks
  LAB_HEAP_NO_MEMORY = 4, ///< the tables could not be mapped
  LAB_HEAP_UNSUPPORTED = 5, ///< there is no C half on this platform
} lab_heap_status;

/// Starts sampling, on average one sample every `rate` bytes; a rate of 1 tracks every block. Not async-signal-safe.
lab_heap_status lab_heap_start(uint64_t rate);
/// Why it refused, in words; NULL if it did not. For the C half.
const char *lab_heap_reason(lab_heap_status status);
/// Stops sampling and forgets all blocks. Waits for nobody: a thread inside a hook finishes on its own.
void lab_heap_stop(void);
/// Whether blocks of up to 64 KiB are zeroed when recorded and when freed; until the stop. Async-signal-safe.
void lab_heap_clear_fresh(bool on);
bool lab_heap_clears_fresh(void);
/// Whether the hooks are there at all; they are not beside a sanitizer. Async-signal-safe.
bool lab_heap_available(void);
/// Whether the allocator behind the hooks is libc's own. Takes the dynamic linker's lock.
bool lab_heap_is_libcs(void);
/// The rate in bytes, 0 when not running. Async-signal-safe.
uint64_t lab_heap_rate(void);

/// When it was started, in nanoseconds since the epoch. Async-signal-safe.
int64_t lab_heap_began_at(void);

/// Begins a window of the session: blocks that are recorded from now on are marked as its own. The session's first is
/// number 1. Returns its number; 0 if too many windows have blocks that are alive, then they are marked as nobody's.
uint32_t lab_heap_window_begin(void);
/// Has blocks that are recorded from now on marked as this window's; 0: as nobody's. Async-signal-safe.
void lab_heap_window_switch(uint32_t window);

/// From now until the matching lab_heap_ignore_end, this thread's allocations are not recorded (they are the profiler's
/// own); blocks it frees are still forgotten. Nests. Async-signal-safe.
void lab_heap_ignore_begin(void);
void lab_heap_ignore_end(void);

// MARK: - Tracked blocks

/// A block that is tracked and not yet freed.
typedef struct lab_heap_block {
  uintptr_t address;
  size_t size; ///< as requested, not as rounded up by malloc
  uint32_t bucket; ///< for lab_heap_bucket_at
  uint32_t stack; ///< for lab_heap_stack_frames
} lab_heap_block;

/// How many blocks are tracked now. O(buckets). Async-signal-safe.
size_t lab_heap_block_count(void);
/// Writes the tracked blocks to `out`, in ascending order of address within each region of 64 MiB, regions in no order;
/// returns how many there are, which may be more than `capacity`. Async-signal-safe: neither allocates nor locks, so it
/// may run while other threads are stopped. When they run, blocks come and go meanwhile.
size_t lab_heap_copy_blocks(lab_heap_block *out, size_t capacity);
/// The same for those of one window; 0: of all.
size_t lab_heap_copy_blocks_of(uint32_t window, lab_heap_block *out, size_t capacity);
/// When a tracked block was recorded, in milliseconds since the start, to the kernel's tick; 0 if blocks are not cleared.
/// Async-signal-safe.
uint32_t lab_heap_birth(uintptr_t address);
/// The time by the same clock.
uint32_t lab_heap_now(void);
/// How many threads are inside realloc with a tracked block that is in no table at this moment. Whoever stops all
/// threads to look at the heap has to let them run and try again unless this is 0. Async-signal-safe.
uint32_t lab_heap_moving_count(void);

/// The first word of each block, where a Swift object keeps its metadata pointer; 0 if the block is smaller than an
/// object's header, was freed meanwhile or cannot be read. Async-signal-safe.
void lab_heap_first_words(const lab_heap_block *blocks, size_t count, uintptr_t *words);

// MARK: - Stacks

/// Stack of the one bucket for all stacks beyond the bound.
#define LAB_HEAP_OVERFLOW_STACK 1u

/// Whether the blocks allocated by this stack are Swift objects, whose first word points to their metadata.
/// Async-signal-safe.
bool lab_heap_makes_objects(uint32_t stack);

/// Writes the return addresses of a stack, leaf first; returns how many. The first is the caller of malloc, or of
/// swift_allocObject or swift_slowAlloc, if these asked for the memory.
/// `labels` gets the label set the allocating task had, 0 if none. Async-signal-safe.
size_t lab_heap_stack_frames(uint32_t stack, uintptr_t *pcs, size_t capacity, uint64_t *labels);

/// All allocations of one size from one stack.
typedef struct lab_heap_bucket {
  uint64_t size;
  uint64_t allocated; ///< objects recorded since the start
  uint64_t freed; ///< of these, freed
  uint32_t stack;
} lab_heap_bucket;

/// No stack of the heap profiler has more frames.
enum { LAB_HEAP_MOST_FRAMES = 1024 + 128 };

/// Buckets are numbered from 1 to this. Async-signal-safe.
uint32_t lab_heap_bucket_count(void);
/// Lets there be at most so many buckets beside the overflow's; half a million if nothing is said. Before the first
/// start.
void lab_heap_limit_buckets(uint32_t count);
/// One bucket; false if there is none of that number or nothing was recorded in it. Async-signal-safe.
bool lab_heap_bucket_at(uint32_t index, lab_heap_bucket *out);

// MARK: - The peak

/// When most was in use, in nanoseconds since the epoch, if that is followed; 0: it is not. Async-signal-safe.
int64_t lab_heap_peak_time(void);
/// How many recorded blocks of a bucket were alive then. Async-signal-safe.
uint64_t lab_heap_bucket_live_at_peak(uint32_t index);

// MARK: - Unloaded files

/// Calls `visit` for each file that was mapped when the program unloaded one, while a heap profiler ran: a block may
/// outlive the library that allocated it. `visit` must not unload anything.
void lab_each_departed_image(void (*visit)(lab_loaded_image image, void *context), void *context);

// MARK: - Own memory

typedef struct lab_heap_statistics {
  uint64_t recorded; ///< samples taken since the start
  uint64_t own_bytes; ///< memory of the tables that was touched
  uint32_t nodes; ///< frames in the tree of stacks
  uint32_t buckets;
} lab_heap_statistics;

/// Async-signal-safe.
void lab_heap_read_statistics(lab_heap_statistics *out);

/// Estimated live objects and bytes: exact at rate 1. O(buckets). Async-signal-safe.
void lab_heap_live(double *objects, double *bytes);
/// The same of one window; 0: of all. O(tracked blocks).
void lab_heap_live_of(uint32_t window, double *objects, double *bytes);

#ifdef __cplusplus
}
#endif

#pragma GCC visibility pop
