// A lock for ourselves, since the C library's functions may be hooked. Not recursive; all zero is free. Waits for it
// sleep on a futex. Technique: U. Drepper, "Futexes are tricky" (2011), mutex 2.
#pragma once
#include "base/atomics.h"
#include "base/clock.h"
#include "base/sanitizers.h"
#include "base/system_call.h"
#include <stdbool.h>

struct lab_lock {
  _Atomic uint32_t word; ///< 0: free, 1: held, 2: held, and somebody may wait
};

static inline bool lab_lock_try(struct lab_lock *lock) {
  uint32_t free = 0;
  if (!atomic_compare_exchange_strong_explicit(&lock->word, &free, 1, memory_order_acquire, memory_order_relaxed))
    return false;
  LAB_TELL_ACQUIRED(lock);
  return true;
}

/// Waits for at most so many nanoseconds; false if the lock was not free by then.
static inline bool lab_lock_within(struct lab_lock *lock, uint64_t nanoseconds) {
  if (lab_lock_try(lock)) return true;
  uint64_t deadline = lab_now() + nanoseconds;
  while (atomic_exchange_explicit(&lock->word, 2, memory_order_acquire) != 0) {
    uint64_t now = lab_now(), left = deadline > now ? deadline - now : 0;
    if (left == 0) return false;
    lab_futex_wait(&lock->word, 2, &(struct timespec){(time_t)(left / 1000000000), (long)(left % 1000000000)});
  }
  LAB_TELL_ACQUIRED(lock);
  return true;
}

static inline void lab_lock(struct lab_lock *lock) {
  if (lab_lock_try(lock)) return;
  while (atomic_exchange_explicit(&lock->word, 2, memory_order_acquire) != 0) lab_futex_wait(&lock->word, 2, NULL);
  LAB_TELL_ACQUIRED(lock);
}

static inline void lab_unlock(struct lab_lock *lock) {
  LAB_TELL_RELEASED(lock);
  if (atomic_exchange_explicit(&lock->word, 0, memory_order_release) == 2) lab_futex_wake(&lock->word, 1);
}

/// In the child of a fork, whose other threads are gone: frees a lock that one of them may hold.
static inline void lab_lock_reset(struct lab_lock *lock) { LAB_STORE(&lock->word, 0); }
