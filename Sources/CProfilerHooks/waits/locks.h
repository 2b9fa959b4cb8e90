// Who waits for which lock, and how much of it an unlock is to be blamed for.
//
// A contended unlock is charged, for each thread that waits, the time since the later of that thread's arrival and the
// lock's previous charge. So all waits are charged from their first moment to the last unlock before they end, each
// moment once, to whoever had the lock; a thread that held it for long pays for all who queued meanwhile, though
// another one wakes them. (Go charges a wait as a whole to the unlock that ends it: golang/go issue 61015.)
//
// Nothing is kept of a lock that nobody waits for, so what is free to take costs no more than a look at one word.
#pragma once
#include "base/atomics.h"
#include <stdbool.h>
#include <stddef.h>
#pragma GCC visibility push(hidden)

/// A thread's wait for a lock. Lies on its stack.
struct lab_lock_wait {
  const void *lock;
  uint64_t arrival; ///< lab_now
  uint64_t blocked; ///< the same for the block profile; 0: it is not recorded
  uint32_t entry;   ///< 0: no unlock is charged for it
};

/// What an unlock is charged.
struct lab_lock_charge {
  uint64_t delay;   ///< nanoseconds, summed over all who wait
  uint32_t waiting; ///< how many they are
};

/// How a wait ended, in nanoseconds.
struct lab_wait_end {
  uint64_t charged; ///< what of it was charged to unlocks
  uint64_t rest;    ///< since the last of them; all, if there was none
};

/// What a thread that shares a lock with others remembers of when it got it.
struct lab_lock_share {
  const void *lock;
  uint64_t each;     ///< see struct entry
  uint32_t generation;
};

enum { LAB_LOCK_STRIPES = 1024 };
/// How many threads wait for the locks of a stripe.
extern _Atomic uint32_t lab_lock_waiting[LAB_LOCK_STRIPES];

static inline uint32_t lab_lock_stripe(const void *lock) {
  return (uint32_t)((uintptr_t)lock * 0x9E3779B97F4A7C15ull >> 54);
}

/// Whether somebody may wait for a lock. True now and then though nobody does.
static inline bool lab_lock_is_awaited(const void *lock) {
  return LAB_UNLIKELY(LAB_LOAD(&lab_lock_waiting[lab_lock_stripe(lock)]) != 0);
}

// What follows takes one of our locks for some nanoseconds; in lab_enter.

/// Whether somebody waits for a lock.
bool lab_lock_has_waiters(const void *lock);
/// The calling thread, or another on whose behalf it is called, waits for a lock from now on.
void lab_lock_arrive(struct lab_lock_wait *wait, const void *lock);
/// And now no more, for it has it, or has given up.
struct lab_wait_end lab_lock_leave(const struct lab_lock_wait *wait);
/// What an unlock that comes next is charged, for all who wait; 0 if nobody does.
struct lab_lock_charge lab_lock_charge(const void *lock);
/// The same for one that has the lock together with others, `holders` in all: what passed while these were as many is
/// charged to each of them alike. `share`: what it remembers; null if nobody waited when it got the lock.
uint64_t lab_lock_charge_shared(const void *lock, uint32_t holders, const struct lab_lock_share *share);
/// A thread has got a lock, for which others wait, together with `others`.
void lab_lock_join(const void *lock, uint32_t others, struct lab_lock_share *share);

/// Makes the table, unless it is there; false if there is no memory.
bool lab_locks_open(void);
/// Waits count from now on, for those who wait already too.
void lab_locks_begin(void);

#pragma GCC visibility pop
