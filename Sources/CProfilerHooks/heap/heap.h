// What the files of the heap profiler share.
#pragma once
#include "lab_heap.h"
#include "base/sanitizers.h"

#define LAB_PRIVATE __attribute__((visibility("hidden")))
#define LAB_LIKELY(x) __builtin_expect(!!(x), 1)
#define LAB_UNLIKELY(x) __builtin_expect(!!(x), 0)
#define LAB_LOAD(p) __atomic_load_n((p), __ATOMIC_RELAXED)
#define LAB_STORE(p, v) __atomic_store_n((p), (v), __ATOMIC_RELAXED)

// Deepest stack that the general walker is asked for; deeper ones lose their root end and are counted.
#define LAB_HEAP_DEPTH 128

// Sampled sessions take turns with the counters of each thread, from the second on: a new session finds 0 in its
// counter, which counts as exhausted. The first one stays 0, for sessions that record every block.
#define LAB_HEAP_TURNS 8

// What a thread knows. Initial-exec, so that reaching it never allocates.
typedef struct lab_heap_thread {
  // By turn, the bytes up to and with the next sampled one; negative numbers wrap while a hook hands over to another.
  uint64_t countdown[LAB_HEAP_TURNS];
  uint64_t random;        // state of xorshift64
  uint32_t session;       // the last one that the thread took part in
  uint32_t busy;          // > 0 inside the profiler: record nothing
  uint32_t ignored;       // > 0 while the thread works for the profiler
} lab_heap_thread;

extern LAB_PRIVATE _Thread_local lab_heap_thread lab_heap_self __attribute__((tls_model("initial-exec")));

// Number of the running session; 0 when off.
extern LAB_PRIVATE uint32_t lab_heap_active;
// Number of the session that began last.
extern LAB_PRIVATE uint32_t lab_heap_last_session;
// Number of the window that blocks are recorded in; 0: in none.
extern LAB_PRIVATE uint32_t lab_heap_window;
// Its counter in each thread; when off, that of the last one.
extern LAB_PRIVATE uint32_t lab_heap_turn;
// Whether fresh blocks are set to zero (lab_heap_clear_fresh).
extern LAB_PRIVATE uint32_t lab_heap_clears;
// How many threads are inside realloc with a block in no table.
extern LAB_PRIVATE uint32_t lab_heap_moving;
// Samples lost and the like, counted with relaxed atomics.
extern LAB_PRIVATE lab_heap_statistics lab_heap_counts;

static inline void lab_heap_count(uint64_t *counter) { __atomic_fetch_add(counter, 1, __ATOMIC_RELAXED); }

// ---- While a leak scan looks (leaks_stop.c) ----

// Whether all threads are to stand still.
extern LAB_PRIVATE uint32_t lab_world_is_stopped;
// Waits until they may go on. Returns at once in the thread that stopped them and in those of the profiler's own.
LAB_PRIVATE void lab_world_hold(void);

// Before the heap changes: a thread that could not be stopped, for it slept with the signal blocked, may have woken.
static inline __attribute__((always_inline)) void lab_hold_while_stopped(void) {
  if (LAB_UNLIKELY(LAB_LOAD(&lab_world_is_stopped))) lab_world_hold();
}

// Begins what the environment asks for; returns why it cannot, or null (heap_session.c).
LAB_PRIVATE const char *lab_heap_begin(long bytes);

// ---- The real allocator (heap_real.c) ----

typedef struct lab_heap_allocator {
  void *(*malloc)(size_t);
  void (*free)(void *);
  void *(*calloc)(size_t, size_t);
  void *(*realloc)(void *, size_t);
  void *(*memalign)(size_t, size_t);
  void *(*aligned_alloc)(size_t, size_t);
  int (*posix_memalign)(void **, size_t, size_t);
  void *(*valloc)(size_t);
  void *(*pvalloc)(size_t);
  void (*free_sized)(void *, size_t);
  void (*free_aligned_sized)(void *, size_t, size_t);
} lab_heap_allocator;

// The real functions; starts out as ones that find them first.
extern LAB_PRIVATE lab_heap_allocator lab_real;
// What the hooks jump to: the real functions, or ours while a profiler runs.
extern LAB_PRIVATE lab_heap_allocator lab_calls;
// Looks for the functions that the allocator need not have.
LAB_PRIVATE void lab_heap_find_sized(void);
// Puts ours there, for the turn it is, or the real ones (heap_hooks.c).
LAB_PRIVATE void lab_heap_hooks_switch(bool on);
// Whether calls of malloc reach our hook, and not another malloc before it (heap_session.c).
LAB_PRIVATE bool lab_heap_hooks_are_first(void);
// Gives calls through the slots of all modules what lab_calls now says (heap_slots.c).
LAB_PRIVATE void lab_heap_slots_follow(void);

// ---- Sampling (heap_sample.c) ----

// Whether an allocation is a sample. Its size was taken from the countdown of that turn, and nothing was left.
LAB_PRIVATE bool lab_heap_due(uint64_t size, uint32_t turn);
// Records a block that the program is about to get. `from` are the registers of a function that is left out of stacks.
struct lab_registers;
LAB_PRIVATE void lab_heap_record(void *block, size_t size, const struct lab_registers *from);
// Forgets a block before it is given back; returns what the table had of it.
LAB_PRIVATE uint32_t lab_heap_forget(void *block);
// Takes back lab_heap_forget: the block lives on.
LAB_PRIVATE void lab_heap_remember(void *block, uint32_t entry);

// ---- Tracked blocks (heap_table.c) ----

// Counts of tracked blocks by bits 4 to 17 of their address: 0 means surely not tracked. By address and not by a hash,
// so that blocks freed one after the other share cache lines; a third of the first-level cache at most.
extern LAB_PRIVATE uint8_t lab_heap_filter[1 << 14];

static inline uint8_t *lab_heap_filter_of(const void *block) {
  return &lab_heap_filter[(uintptr_t)block >> 4 & (sizeof lab_heap_filter - 1)];
}

static inline bool lab_heap_may_track(const void *block) {
  return LAB_LOAD(lab_heap_filter_of(block)) != 0;
}

// What the table has of a block, in one word: its bucket, the window it was recorded in, and the session, so that what a
// thread writes late, when its session is over, is told from the next one's. 0: nothing.
#define LAB_HEAP_BUCKET_BITS 19
#define LAB_HEAP_WINDOW_BITS 10
#define LAB_HEAP_WINDOWS ((1u << LAB_HEAP_WINDOW_BITS) - 2)   // numbered from 1
#define LAB_HEAP_SESSION_BITS (32 - LAB_HEAP_BUCKET_BITS - LAB_HEAP_WINDOW_BITS)

static inline uint32_t lab_heap_entry(uint32_t bucket, uint32_t window, uint32_t session) {
  return bucket | window << LAB_HEAP_BUCKET_BITS | session << (LAB_HEAP_BUCKET_BITS + LAB_HEAP_WINDOW_BITS);
}

static inline uint32_t lab_heap_entry_bucket(uint32_t entry) { return entry & ((1u << LAB_HEAP_BUCKET_BITS) - 1); }

static inline uint32_t lab_heap_entry_window(uint32_t entry) {
  return entry >> LAB_HEAP_BUCKET_BITS & ((1u << LAB_HEAP_WINDOW_BITS) - 1);
}

static inline bool lab_heap_entry_is_of(uint32_t entry, uint32_t session) {
  return entry >> (LAB_HEAP_BUCKET_BITS + LAB_HEAP_WINDOW_BITS) == (session & ((1u << LAB_HEAP_SESSION_BITS) - 1));
}

// Of a block that was freed in the running session, where this is kept: no bucket, and a window that is none.
#define LAB_HEAP_FREED_WINDOW ((1u << LAB_HEAP_WINDOW_BITS) - 1)

static inline bool lab_heap_entry_is_freed(uint32_t entry) {
  return entry != 0 && lab_heap_entry_bucket(entry) == 0;
}

// Makes the table ready. `all` when every block will be tracked: then the filter lets everything through.
LAB_PRIVATE bool lab_heap_table_open(bool all, unsigned granule_shift);
// Enters a block; false if there is no memory for it.
LAB_PRIVATE bool lab_heap_table_put(void *block, uint32_t entry);
// Takes a block out; returns what was there if it is of the running session, else 0. While fresh blocks are cleared, the table
// keeps in mind that it was freed.
LAB_PRIVATE uint32_t lab_heap_table_take(void *block, uint32_t session);
// The block was handed out without being recorded: it is no longer one that was freed.
LAB_PRIVATE void lab_heap_table_pass(void *block);
// The bucket of the block that begins there, or 0.
LAB_PRIVATE uint32_t lab_heap_table_bucket(uintptr_t address);
#define LAB_HEAP_WINDOW_WORDS ((1u << LAB_HEAP_WINDOW_BITS) / 32)
// Sets the bits of the windows that tracked blocks were recorded in.
LAB_PRIVATE void lab_heap_table_windows(uint32_t in_use[LAB_HEAP_WINDOW_WORDS]);
// Forgets all blocks.
LAB_PRIVATE void lab_heap_table_clear(void);
LAB_PRIVATE size_t lab_heap_table_own_bytes(void);

// ---- Stacks and buckets (heap_stacks.c) ----

// Readies empty counts for a session.
LAB_PRIVATE bool lab_heap_stacks_open(uint32_t session);
// The outermost end of all stacks with these labels.
LAB_PRIVATE uint32_t lab_heap_stack_root(uint64_t labels);
// The stack that goes on from `parent` with a return address; the overflow stack beyond the bound.
LAB_PRIVATE uint32_t lab_heap_stack_child(uint32_t parent, uint64_t key);
// The stack of these frames, leaf first.
LAB_PRIVATE uint32_t lab_heap_stack_intern(uint64_t labels, const uintptr_t *pcs, size_t count);
// The bucket of a stack and a size; of the overflow stack, if there is no room for another. Never 0.
LAB_PRIVATE uint32_t lab_heap_bucket_intern(uint32_t stack, bool object, size_t size);
// Count for a session; if it is over meanwhile, they do nothing.
LAB_PRIVATE void lab_heap_bucket_allocated(uint32_t bucket, uint32_t session);
LAB_PRIVATE void lab_heap_bucket_freed(uint32_t bucket, uint32_t session, int count);
// Begins to fetch what lab_heap_bucket_freed will write to.
LAB_PRIVATE void lab_heap_bucket_prefetch(uint32_t bucket);
// How many blocks of so many bytes one that was recorded stands for.
LAB_PRIVATE double lab_heap_scale(double size);
// Adds nodes, buckets and own bytes.
LAB_PRIVATE void lab_heap_stacks_statistics(lab_heap_statistics *out);

// ---- Unloaded files (departed_images.c) ----

// Forgets them all. Takes a lock.
LAB_PRIVATE void lab_departed_images_forget(void);

// ---- Walking (heap_walk.c) ----

// Readies it; not async-signal-safe.
LAB_PRIVATE void lab_heap_walk_open(void);
// The bucket for a block of this size and this thread's stack, from the function on that asked for memory. Frames of
// swift_allocObject are left out; the bucket knows of them. Not reentrant.
LAB_PRIVATE uint32_t lab_heap_bucket_from(const struct lab_registers *from, uint64_t labels, size_t size);
