// What the files of the heap profiler share.
#pragma once
#include "include/lab_heap.h"
#include "sanitizers.h"

#define LAB_PRIVATE __attribute__((visibility("hidden")))
#define LAB_LIKELY(x) __builtin_expect(!!(x), 1)
#define LAB_UNLIKELY(x) __builtin_expect(!!(x), 0)
#define LAB_LOAD(p) __atomic_load_n((p), __ATOMIC_RELAXED)
#define LAB_STORE(p, v) __atomic_store_n((p), (v), __ATOMIC_RELAXED)

// Deepest stack that the general walker is asked for; deeper ones lose their root end and are counted.
#define LAB_HEAP_DEPTH 128

// What a thread knows. Initial-exec, so that reaching it never allocates.
typedef struct lab_heap_thread {
  uint64_t countdown;     // bytes until the next sample
  uint64_t random;        // state of xorshift64
  uint32_t generation;    // the session that countdown belongs to
  uint32_t busy;          // > 0 inside the profiler: record nothing
  uint32_t ignored;       // > 0 while the thread works for the profiler
} lab_heap_thread;

extern LAB_PRIVATE _Thread_local lab_heap_thread lab_heap_self __attribute__((tls_model("initial-exec")));

// Number of the running session; 0 when off.
extern LAB_PRIVATE uint32_t lab_heap_active;
// Whether fresh blocks are set to zero (lab_heap_clear_fresh).
extern LAB_PRIVATE uint32_t lab_heap_clears;
// How many threads are inside realloc with a block in no table.
extern LAB_PRIVATE uint32_t lab_heap_moving;
// Samples lost and the like, counted with relaxed atomics.
extern LAB_PRIVATE lab_heap_statistics lab_heap_counts;

static inline void lab_heap_count(uint64_t *counter) { __atomic_fetch_add(counter, 1, __ATOMIC_RELAXED); }

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
} lab_heap_allocator;

// The real functions; starts out as ones that find them first.
extern LAB_PRIVATE lab_heap_allocator lab_real;
// What the hooks jump to: the real functions, or ours while a profiler runs.
extern LAB_PRIVATE lab_heap_allocator lab_calls;
// Puts ours there, or the real ones (heap_hooks.c).
LAB_PRIVATE void lab_heap_hooks_switch(bool on);

// ---- Sampling (heap_sample.c) ----

// Whether an allocation of `weight` bytes that exhausted the countdown, or met a new session, is a sample.
LAB_PRIVATE bool lab_heap_due(uint32_t active, uint64_t weight);
// Records a block that the program is about to get.
LAB_PRIVATE void lab_heap_record(void *block, size_t size);
// Forgets a block before it is given back; returns its bucket, 0 if it was not tracked.
LAB_PRIVATE uint32_t lab_heap_forget(void *block);
// Takes back lab_heap_forget: the block lives on.
LAB_PRIVATE void lab_heap_remember(void *block, uint32_t bucket);

// ---- Tracked blocks (heap_table.c) ----

// Two-bit counters, saturating, by address: 0 means surely not tracked. 16 KiB, so that it stays in the first cache.
#define LAB_HEAP_FILTER_BITS 16
extern LAB_PRIVATE uint8_t lab_heap_filter[1u << (LAB_HEAP_FILTER_BITS - 2)];

static inline uint32_t lab_heap_filter_index(const void *block) {
  return (uint32_t)(((uintptr_t)block >> 4) * 0x9E3779B97F4A7C15ull >> (64 - LAB_HEAP_FILTER_BITS));
}

static inline bool lab_heap_may_track(const void *block) {
  uint32_t index = lab_heap_filter_index(block);
  return LAB_LOAD(&lab_heap_filter[index >> 2]) >> ((index & 3) * 2) & 3;
}

// Makes the table ready. `all` when every block will be tracked: then the filter lets everything through.
LAB_PRIVATE bool lab_heap_table_open(bool all, unsigned granule_shift);
// Enters a block; false if there is no memory for it.
LAB_PRIVATE bool lab_heap_table_put(void *block, uint32_t bucket);
// Takes a block out; returns its bucket or 0.
LAB_PRIVATE uint32_t lab_heap_table_take(void *block);
// The bucket of the block that begins there, or 0.
LAB_PRIVATE uint32_t lab_heap_table_bucket(uintptr_t address);
// Forgets all blocks.
LAB_PRIVATE void lab_heap_table_clear(void);
LAB_PRIVATE size_t lab_heap_table_own_bytes(void);

// ---- Stacks and buckets (heap_stacks.c) ----

// A frame in the tree of stacks.
typedef struct lab_heap_node {
  uint64_t key;      // return address or tagged label set; 0: free
  uint32_t parent;   // + 1; 0 while being made
  uint32_t unused;
} lab_heap_node;

typedef struct lab_heap_bucket_slot {
  uint64_t key;      // stack << 42 | size, with the object flag on top; 0: free
  uint64_t allocated, freed;
  uint64_t unused;
} lab_heap_bucket_slot;

// Sizes of the overflow stack: every 16 bytes up to 1 KiB, then 16 steps an octave.
#define LAB_HEAP_OVERFLOW_CLASSES (64 + 16 * 32)

typedef struct lab_heap_tables {
  lab_heap_node *nodes;
  lab_heap_bucket_slot *buckets;
  uint32_t *used;            // slots of the buckets in use, in order of making
  uint32_t node_mask, bucket_mask;
  uint32_t nodes_used, buckets_used;
  lab_heap_bucket_slot overflow[LAB_HEAP_OVERFLOW_CLASSES];
} lab_heap_tables;

extern LAB_PRIVATE lab_heap_tables *lab_heap_current_tables;

// A stack and the hash of the frames that lead to it.
typedef struct lab_heap_path {
  uint64_t hash;
  uint32_t stack;
} lab_heap_path;

static inline uint64_t lab_heap_path_hash(uint64_t parent, uint64_t key) {
  uint64_t hash = (parent ^ key) * 0x9E3779B97F4A7C15ull;
  return hash ^ hash >> 32;
}

// Readies empty counts; `many` when every allocation will be recorded.
LAB_PRIVATE bool lab_heap_stacks_open(bool many);
// The outermost end of all stacks with these labels.
LAB_PRIVATE lab_heap_path lab_heap_path_root(lab_heap_tables *tables, uint64_t labels);
// The stack that goes on from `parent` with a return address.
LAB_PRIVATE lab_heap_path lab_heap_path_child(lab_heap_tables *tables, lab_heap_path parent, uint64_t key);
// Begins to fetch what lab_heap_path_child will look at for the path of this hash.
static inline void lab_heap_path_prefetch(const lab_heap_tables *tables, uint64_t hash) {
  __builtin_prefetch(&tables->nodes[(uint32_t)hash & tables->node_mask]);
}
// The same for lab_heap_bucket_intern.
static inline void lab_heap_bucket_prefetch(const lab_heap_tables *tables, uint64_t hash, size_t size) {
  __builtin_prefetch(&tables->buckets[(uint32_t)lab_heap_path_hash(hash, size) & tables->bucket_mask], 1);
}
// The stack of these frames, leaf first.
LAB_PRIVATE lab_heap_path lab_heap_path_intern(lab_heap_tables *tables, uint64_t labels, const uintptr_t *pcs,
                                               size_t count);
// The bucket of a stack and a size; of the overflow stack, if there is no room for another. Never 0.
LAB_PRIVATE uint32_t lab_heap_bucket_intern(lab_heap_tables *tables, lab_heap_path path, bool object, size_t size);
LAB_PRIVATE void lab_heap_bucket_allocated(lab_heap_tables *tables, uint32_t bucket);
LAB_PRIVATE void lab_heap_bucket_freed(lab_heap_tables *tables, uint32_t bucket, int count);
// Adds nodes, buckets and own bytes.
LAB_PRIVATE void lab_heap_stacks_statistics(lab_heap_statistics *out);

// ---- Walking (heap_walk.c) ----

// Readies it; not async-signal-safe.
LAB_PRIVATE void lab_heap_walk_open(void);
// The bucket for a block of this size and this thread's stack, from the function on that asked for memory. Frames of
// swift_allocObject are left out; the bucket knows of them. Not reentrant.
LAB_PRIVATE uint32_t lab_heap_bucket_here(lab_heap_tables *tables, uint64_t labels, size_t size);
