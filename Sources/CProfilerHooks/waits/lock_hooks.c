// The bodies of the hooks before locks: the C library's mutexes and read-write locks, and Swift's Mutex.
//
// Of a lock that is free they do what the program asked and no more: a mutex is tried first, which costs as much as to
// lock it, and before an unlock one word is looked at. C, because these are others' functions; they call the real ones.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/system_call.h"
#include "hooks/hooks.h"
#include "waits/held.h"
#include "waits/waits.h"

#if LAB_INTERPOSES
#include <errno.h>

/// Has a call that may wait done as a wait. Here, so that only the hook's frame lies between the program's and where
/// the walk begins.
#define WAITING(lock, on, call)                               \
  struct lab_lock_wait wait;                                  \
  lab_wait_begin(&wait, lock);                                \
  int error = call;                                           \
  if (lab_wait_is_followed(&wait)) {                          \
    struct lab_registers registers = lab_registers_here();    \
    lab_wait_end(&wait, on, &registers);                      \
  }                                                           \
  return lab_held_got(lock, error)

#define UNLOCKING(lock, on, call)                             \
  struct lab_unlocking unlocking = lab_unlock_begin(lock);    \
  call;                                                       \
  if (unlocking.charge > 0) {                                 \
    struct lab_registers registers = lab_registers_here();    \
    lab_unlock_end(&unlocking, on, &registers);               \
  }

// MARK: - Mutexes

int LAB_BODY(pthread_mutex_trylock)(lab_mutex *mutex) {
  return lab_held_got(mutex, lab_real.pthread_mutex_trylock(mutex));
}

int LAB_BODY(pthread_mutex_lock)(lab_mutex *mutex) {
  int tried = lab_real.pthread_mutex_trylock(mutex);
  if (LAB_LIKELY(tried != EBUSY)) return lab_held_got(mutex, tried);
  WAITING(mutex, LAB_WAIT_ON_PTHREAD, lab_real.pthread_mutex_lock(mutex));
}

int LAB_BODY(pthread_mutex_timedlock)(lab_mutex *mutex, const struct timespec *limit) {
  int tried = lab_real.pthread_mutex_trylock(mutex);
  if (LAB_LIKELY(tried != EBUSY)) return lab_held_got(mutex, tried);
  WAITING(mutex, LAB_WAIT_ON_PTHREAD, lab_real.pthread_mutex_timedlock(mutex, limit));
}

int LAB_BODY(pthread_mutex_clocklock)(lab_mutex *mutex, clockid_t clock, const struct timespec *limit) {
  int tried = lab_real.pthread_mutex_trylock(mutex);
  if (LAB_LIKELY(tried != EBUSY)) return lab_held_got(mutex, tried);
  WAITING(mutex, LAB_WAIT_ON_PTHREAD, lab_real.pthread_mutex_clocklock(mutex, clock, limit));
}

/// Whether the unlock of a recursive mutex that was locked several times leaves it locked.
static bool stays_locked(const lab_mutex *mutex) {
  enum { KIND = 3 };
  return (mutex->__data.__kind & KIND) == PTHREAD_MUTEX_RECURSIVE_NP && mutex->__data.__count > 1;
}

int LAB_BODY(pthread_mutex_unlock)(lab_mutex *mutex) {
  lab_held_remove(mutex);
  if (LAB_LIKELY(!lab_lock_is_awaited(mutex)) || stays_locked(mutex)) return lab_real.pthread_mutex_unlock(mutex);
  UNLOCKING(mutex, LAB_WAIT_ON_PTHREAD, int error = lab_real.pthread_mutex_unlock(mutex));
  return error;
}

// MARK: - Read-write locks

/// The readers of a lock that others waited for when they got it: what each of them is to be charged is counted from
/// then on. A thread that holds more than a few such locks is charged for the others as if it had come first.
enum { SHARES = 4 };
static __thread struct lab_lock_share shares[SHARES] __attribute__((tls_model("initial-exec")));

static struct lab_lock_share *share_of(const void *lock) {
  for (int i = 0; i < SHARES; i++)
    if (shares[i].lock == lock) return &shares[i];
  return NULL;
}

/// How many have the lock together. Source: glibc, sysdeps/nptl/bits/struct_rwlock.h, nptl/pthread_rwlock_common.c
/// (PTHREAD_RWLOCK_READER_SHIFT).
static uint32_t readers_of(const pthread_rwlock_t *lock) {
  enum { READER_SHIFT = 3 };
  return LAB_LOAD((const _Atomic uint32_t *)&lock->__data.__readers) >> READER_SHIFT;
}

/// A thread has come to read.
static int joined(pthread_rwlock_t *lock, int error) {
  lab_held_got(lock, error);
  if (LAB_LIKELY(!lab_lock_is_awaited(lock)) || error != 0 || !lab_enter()) return error;
  struct lab_lock_share *share = share_of(NULL);
  uint32_t readers = readers_of(lock);
  if (share != NULL) lab_lock_join(lock, readers > 0 ? readers - 1 : 0, share);
  lab_leave();
  return error;
}

#define READING(tried, call)                                                     \
  if (LAB_LIKELY(tried != EBUSY)) return joined(lock, tried);                    \
  struct lab_lock_wait wait;                                                     \
  lab_wait_begin(&wait, lock);                                                   \
  int error = call;                                                              \
  if (lab_wait_is_followed(&wait)) {                                             \
    struct lab_registers registers = lab_registers_here();                       \
    lab_wait_end(&wait, LAB_WAIT_ON_RWLOCK, &registers);                         \
  }                                                                              \
  return joined(lock, error)

int LAB_BODY(pthread_rwlock_rdlock)(pthread_rwlock_t *lock) {
  int tried = pthread_rwlock_tryrdlock(lock);
  READING(tried, lab_real.pthread_rwlock_rdlock(lock));
}

int LAB_BODY(pthread_rwlock_timedrdlock)(pthread_rwlock_t *lock, const struct timespec *limit) {
  int tried = pthread_rwlock_tryrdlock(lock);
  READING(tried, lab_real.pthread_rwlock_timedrdlock(lock, limit));
}

int LAB_BODY(pthread_rwlock_clockrdlock)(pthread_rwlock_t *lock, clockid_t clock, const struct timespec *limit) {
  int tried = pthread_rwlock_tryrdlock(lock);
  READING(tried, lab_real.pthread_rwlock_clockrdlock(lock, clock, limit));
}

int LAB_BODY(pthread_rwlock_wrlock)(pthread_rwlock_t *lock) {
  int tried = pthread_rwlock_trywrlock(lock);
  if (LAB_LIKELY(tried != EBUSY)) return lab_held_got(lock, tried);
  WAITING(lock, LAB_WAIT_ON_RWLOCK, lab_real.pthread_rwlock_wrlock(lock));
}

int LAB_BODY(pthread_rwlock_timedwrlock)(pthread_rwlock_t *lock, const struct timespec *limit) {
  int tried = pthread_rwlock_trywrlock(lock);
  if (LAB_LIKELY(tried != EBUSY)) return lab_held_got(lock, tried);
  WAITING(lock, LAB_WAIT_ON_RWLOCK, lab_real.pthread_rwlock_timedwrlock(lock, limit));
}

int LAB_BODY(pthread_rwlock_clockwrlock)(pthread_rwlock_t *lock, clockid_t clock, const struct timespec *limit) {
  int tried = pthread_rwlock_trywrlock(lock);
  if (LAB_LIKELY(tried != EBUSY)) return lab_held_got(lock, tried);
  WAITING(lock, LAB_WAIT_ON_RWLOCK, lab_real.pthread_rwlock_clockwrlock(lock, clock, limit));
}

/// Readers share what a writer waits, and a writer bears it alone.
static struct lab_unlocking begin_unlock(const pthread_rwlock_t *lock) {
  bool is_written = LAB_LOAD((const _Atomic int *)&lock->__data.__cur_writer) == lab_gettid();
  struct lab_lock_share *share = share_of(lock);
  struct lab_unlocking unlocking = {0, LAB_LOAD(&lab_mutex_active)};
  if (unlocking.session == 0 || !lab_enter()) return unlocking;
  unlocking.charge = is_written ? lab_lock_charge(lock).delay : lab_lock_charge_shared(lock, readers_of(lock), share);
  if (share != NULL) share->lock = NULL;
  lab_leave();
  return unlocking;
}

int LAB_BODY(pthread_rwlock_unlock)(pthread_rwlock_t *lock) {
  lab_held_remove(lock);
  if (LAB_LIKELY(!lab_lock_is_awaited(lock))) {
    struct lab_lock_share *share = share_of(lock);
    if (LAB_UNLIKELY(share != NULL)) share->lock = NULL;
    return lab_real.pthread_rwlock_unlock(lock);
  }
  struct lab_unlocking unlocking = begin_unlock(lock);
  int error = lab_real.pthread_rwlock_unlock(lock);
  if (unlocking.charge > 0) {
    struct lab_registers registers = lab_registers_here();
    lab_unlock_end(&unlocking, LAB_WAIT_ON_RWLOCK, &registers);
  }
  return error;
}

// MARK: - Synchronization.Mutex
//
// A priority-inheritance futex: its word is 0 or the owner's id, with a bit for those who wait. Taking one that is free
// and giving back one that nobody sleeps for are inlined in the program. Source: Swift,
// stdlib/public/Synchronization/Mutex/LinuxImpl.swift.

LAB_SWIFT_CALL void LAB_BODY($s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF)(uint32_t thread,
                                                                                      LAB_SWIFT_SELF void *mutex) {
  struct lab_lock_wait wait;
  lab_wait_begin(&wait, mutex);
  lab_awaited_mutex *place = lab_mutex_is_awaited(mutex);
  lab_real.$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF(thread, mutex);
  lab_mutex_is_awaited_no_more(place);
  if (!lab_wait_is_followed(&wait)) return;
  struct lab_registers registers = lab_registers_here();
  lab_wait_end(&wait, LAB_WAIT_ON_MUTEX, &registers);
}

LAB_SWIFT_CALL void LAB_BODY($s15Synchronization12_MutexHandleV11_unlockSlowyyF)(LAB_SWIFT_SELF void *mutex) {
  UNLOCKING(mutex, LAB_WAIT_ON_MUTEX, lab_real.$s15Synchronization12_MutexHandleV11_unlockSlowyyF(mutex));
}

/// A linker that finds ours takes no others out of an archive: a program that is linked statically and uses nothing
/// else of the library would be without.
LAB_SWIFT_CALL LAB_HIDDEN void LAB_SUBSTITUTE($s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF)(
    uint32_t thread, LAB_SWIFT_SELF void *mutex) {
  (void)thread;
  long error;
  do error = lab_system_call(SYS_futex, mutex, FUTEX_LOCK_PI_PRIVATE, 0, NULL);
  while (error == -EINTR || error == -EAGAIN);
  // It is held by this very thread, or no lock at all.
  if (error != 0) __builtin_trap();
}

LAB_SWIFT_CALL LAB_HIDDEN void LAB_SUBSTITUTE($s15Synchronization12_MutexHandleV11_unlockSlowyyF)(
    LAB_SWIFT_SELF void *mutex) {
  long error;
  do error = lab_system_call(SYS_futex, mutex, FUTEX_UNLOCK_PI_PRIVATE);
  while (error == -EINTR);
  if (error != 0) __builtin_trap();
}
#endif
#endif
