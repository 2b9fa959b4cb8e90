// What the files of the heap profiler share.
#pragma once
#include "base/arch.h"
#include "base/atomics.h"
#include "base/losses.h"
#include "base/sanitizers.h"
#include "lab_heap.h"
#include "threads/thread.h"

#pragma GCC visibility push(hidden)

/// How many frames the general walker is asked for; deeper stacks lose some of their middle and are counted.
#define LAB_HEAP_DEPTH 128

/// Number of the running session; 0 when off.
extern _Atomic uint32_t lab_heap_active;
/// Number of the session that began last.
extern _Atomic uint32_t lab_heap_last_session;
/// Number of the window that blocks are recorded in; 0: in none.
extern _Atomic uint32_t lab_heap_window;
/// Its counter in each thread; when off, that of the last one. Sampled sessions take turns with the counters, from the
/// second on: a new session finds 0 in its counter, which counts as exhausted. The first stays 0, for sessions that
/// record every block.
extern _Atomic uint32_t lab_heap_turn;
/// Whether fresh blocks are set to zero (lab_heap_clear_fresh).
extern _Atomic uint32_t lab_heap_clears;
/// How many threads are inside realloc with a block in no table.
extern _Atomic uint32_t lab_heap_moving;

/// Begins what the environment asks for; returns why it cannot, or null (session.c).
const char *lab_heap_begin(long bytes);

/// Chooses the bodies of the hooks for the turn it is, or leaves the allocator alone again (hooks.c).
void lab_heap_hooks_switch(bool on);

// MARK: - Sampling (sample.c)

/// Whether an allocation is a sample. Its size was taken from the countdown of that turn, and nothing was left.
bool lab_heap_due(uint64_t size, uint32_t turn);
/// Records a block that the program is about to get. `from` are the registers of a function that is left out of stacks.
struct lab_registers;
void lab_heap_record(void *block, size_t size, const struct lab_registers *from);
/// Forgets a block before it is given back; returns what the table had of it.
uint32_t lab_heap_forget(void *block);
/// Takes back lab_heap_forget: the block lives on.
void lab_heap_remember(void *block, uint32_t entry);

// MARK: - Tracked blocks (table.c)

/// Counts of tracked blocks by bits 4 to 17 of their address: 0 means surely not tracked. By address and not by a hash,
/// so that blocks freed one after the other share cache lines; a third of the first-level cache at most.
extern _Atomic uint8_t lab_heap_filter[1 << 14];

static inline _Atomic uint8_t *lab_heap_filter_of(const void *block) {
  return &lab_heap_filter[(uintptr_t)block >> 4 & (sizeof lab_heap_filter - 1)];
}

static inline bool lab_heap_may_track(const void *block) {
  return LAB_LOAD(lab_heap_filter_of(block)) != 0;
}

/// What the table has of a block, in one word: its bucket, the window it was recorded in, and the session, so that what
/// a thread writes late, when its session is over, is told from the next one's. 0: nothing.
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

/// Of a block that was freed in the running session, where this is kept: no bucket, and a window that is none.
#define LAB_HEAP_FREED_WINDOW ((1u << LAB_HEAP_WINDOW_BITS) - 1)

static inline bool lab_heap_entry_is_freed(uint32_t entry) {
  return entry != 0 && lab_heap_entry_bucket(entry) == 0;
}

/// Makes the table ready. `all` when every block will be tracked: then the filter lets everything through.
bool lab_heap_table_open(bool all, unsigned granule_shift);
/// Enters a block; false if there is no memory for it.
bool lab_heap_table_put(void *block, uint32_t entry);
/// Takes a block out; returns what was there if it is of the running session, else 0. While fresh blocks are cleared,
/// the table keeps in mind that it was freed.
uint32_t lab_heap_table_take(void *block, uint32_t session);
/// The block was handed out without being recorded: it is no longer one that was freed.
void lab_heap_table_pass(void *block);
/// The bucket of the block that begins there, or 0.
uint32_t lab_heap_table_bucket(uintptr_t address);
#define LAB_HEAP_WINDOW_WORDS ((1u << LAB_HEAP_WINDOW_BITS) / 32)
/// Sets the bits of the windows that tracked blocks were recorded in.
void lab_heap_table_windows(uint32_t in_use[LAB_HEAP_WINDOW_WORDS]);
/// Forgets all blocks.
void lab_heap_table_clear(void);
size_t lab_heap_table_own_bytes(void);

// MARK: - Buckets (buckets.c)

/// Readies empty counts for a session.
bool lab_heap_buckets_open(uint32_t session);
/// The bucket of a stack and a size; of the overflow stack, if there is no room for another. Never 0.
uint32_t lab_heap_bucket_intern(uint32_t stack, bool object, size_t size);
/// Count for a session; if it is over meanwhile, they do nothing.
void lab_heap_bucket_allocated(uint32_t bucket, uint32_t session);
void lab_heap_bucket_freed(uint32_t bucket, uint32_t session, int count);
/// Begins to fetch what lab_heap_bucket_freed will write to.
void lab_heap_bucket_prefetch(uint32_t bucket);
/// How many blocks of so many bytes one that was recorded stands for.
double lab_heap_scale(double size);
/// Adds nodes, buckets and own bytes.
void lab_heap_buckets_statistics(lab_heap_statistics *out);

// MARK: - The peak (peak.c)

/// Whether it is followed when most is in use.
extern _Atomic bool lab_heap_follows_peak;
/// For a new session.
void lab_heap_peak_open(bool follows);
/// Before the count of a bucket's live blocks changes from `blocks`: has it note what it had at the peak. `grows`: by a
/// block more.
void lab_heap_peak_before_change(_Atomic uint64_t *note, uint64_t blocks, bool grows);
/// After: so many bytes more, or fewer, are in use.
void lab_heap_peak_after_change(int64_t bytes);
/// How many blocks of a bucket were alive at the peak, by its note and what is alive now.
uint64_t lab_heap_peak_blocks(uint64_t note, uint64_t blocks);

// MARK: - Unloaded files (departed_images.c)

/// Forgets them all. Takes a lock.
void lab_departed_images_forget(void);

// MARK: - Walking (walk.c)

/// Readies it; not async-signal-safe.
void lab_heap_walk_open(void);
/// The bucket for a block of this size and this thread's stack, from the function on that asked for memory. Frames of
/// swift_allocObject are left out; the bucket knows of them. Not reentrant.
uint32_t lab_heap_bucket_from(const struct lab_registers *from, uint64_t labels, size_t size);

#pragma GCC visibility pop
