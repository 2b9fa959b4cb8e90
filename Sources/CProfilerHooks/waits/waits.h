// What the files of this room share: a contended lock from the hooks' side, and what is counted.
#pragma once
#include "base/arch.h"
#include "lab_waits.h"
#include "threads/thread.h"
#include "waits/locks.h"
#pragma GCC visibility push(hidden)

/// The number of the session that records contention, 0 while none does.
extern _Atomic uint32_t lab_mutex_active;
/// The number of the session that records waits of every kind, 0 while none does.
extern _Atomic uint32_t lab_block_active;

// MARK: - What the hooks call (contention.c)

/// A contended unlock, from before it to after: the stack is walked when the lock is free again.
struct lab_unlocking {
  uint64_t charge;
  uint32_t session;
};

/// For a new session.
void lab_wakeups_forget(void);
/// Notes that the calling thread waits for a lock, unless the profiler is at work here; then it is not followed.
void lab_wait_begin(struct lab_lock_wait *wait, const void *lock);
/// Whether it was noted.
static inline bool lab_wait_is_followed(const struct lab_lock_wait *wait) { return (wait->entry | wait->blocked) != 0; }
/// It waits no more. `from`: where its stack begins.
void lab_wait_end(struct lab_lock_wait *wait, lab_wait_on on, const struct lab_registers *from);
/// Before and after the unlock of a lock that is awaited.
struct lab_unlocking lab_unlock_begin(const void *lock);
void lab_unlock_end(const struct lab_unlocking *unlocking, lab_wait_on on, const struct lab_registers *from);

/// Counts what an unlock was charged, or a wait; nothing if it is not among those that are kept.
void lab_wait_record(lab_wait_view view, lab_wait_on on, uint64_t delay, const struct lab_registers *from);
/// The same for waits that ended by nobody's doing that could be seen, on `from`'s own stack and nobody's.
void lab_wait_record_unseen(lab_wait_on on, uint64_t delay, const struct lab_registers *from);

/// For a wait of another kind: the time, or 0 if it is not to be recorded.
uint64_t lab_block_begins(void);
/// It ended. Leaves errno alone.
void lab_block_ends(uint64_t began, lab_wait_on on, const struct lab_registers *from);
/// A wait of so many nanoseconds; nothing if it is not among those that are kept. In lab_enter.
void lab_block_record(lab_wait_on on, uint64_t delay, const struct lab_registers *from);

// MARK: - Buckets (buckets.c)

/// Makes the table, unless it is there; false if there is no memory.
bool lab_wait_buckets_open(void);
/// Begins a view's figures anew.
void lab_wait_buckets_clear(lab_wait_view view);
/// Async-signal-safe.
void lab_wait_bucket_add(uint32_t stack, lab_wait_view view, lab_wait_on on, double contentions, double delay);

#pragma GCC visibility pop
