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

/// Begin what the environment asks for; each returns why it cannot, or NULL.
const char *lab_block_begin(long nanoseconds);
const char *lab_mutex_begin(long rate);

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

/// Whether what this thread does is the program's.
static inline bool lab_wait_is_programs(const struct lab_self *self) {
  return self->ignored == 0 && !self->is_own && !self->writes;
}
/// For how long those who had waited did not run yet: see lab_mutex_wakeups.
extern _Atomic uint64_t lab_wait_wakeups;

/// Counts what an unlock was charged, or a wait, in lab_enter; nothing if it is not among those that are kept.
void lab_wait_record(lab_wait_view view, lab_wait_on on, uint64_t delay, const struct lab_registers *from);
/// The same for waits that ended by nobody's doing that could be seen, on `from`'s own stack and nobody's.
void lab_wait_record_unseen(lab_wait_on on, uint64_t delay, const struct lab_registers *from);

/// Tells of a wait of this thread since a time by lab_now, in lab_enter.
void lab_blocked(uint64_t began, lab_wait_on on, const struct lab_registers *from);
/// The same to whoever listens alone, and not in lab_enter. For what is counted by others.
void lab_blocked_is_told(uint64_t began, lab_wait_on on, const struct lab_registers *from);
/// For a wait of another kind: the time, or 0 if it is not to be recorded.
uint64_t lab_block_begins(void);
/// It ended. Leaves errno alone.
void lab_block_ends(uint64_t began, lab_wait_on on, const struct lab_registers *from);

// MARK: - What tasks wait for (task_waits.c)

/// Has waits of tasks seen as well; false if they cannot be. `from_start`: see lab_tasks_follow. A call of the second
/// belongs to each that succeeds. Not async-signal-safe.
bool lab_task_waits_begin(bool from_start);
void lab_task_waits_end(void);

// MARK: - Buckets (buckets.c)

/// Makes the table, unless it is there; false if there is no memory.
bool lab_wait_buckets_open(void);
/// Begins a view's figures anew.
void lab_wait_buckets_clear(lab_wait_view view);
/// Async-signal-safe.
void lab_wait_bucket_add(uint32_t stack, lab_wait_view view, lab_wait_on on, lab_wait_figures figures);

/// How many waits of a view one of that delay stands for, in nanoseconds; 0 if it is not among those that are kept.
double lab_wait_weight(lab_wait_view view, uint64_t delay);
/// A count as figures have it.
static inline uint64_t lab_wait_count(double count) { return (uint64_t)(count * LAB_WAIT_COUNT_UNIT + 0.5); }
/// The figures of a wait that stands for so many.
lab_wait_figures lab_wait_weighed(double weight, uint64_t delay, uint64_t runnable);

#pragma GCC visibility pop
