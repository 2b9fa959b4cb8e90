// Waits: how long threads waited for locks, and tasks for actors, by the stacks that made them wait and by their own;
// and for anything else.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#pragma GCC visibility push(hidden)

#ifdef __cplusplus
extern "C" {
#endif

typedef enum lab_waits_status {
  LAB_WAITS_OK = 0,
  LAB_WAITS_ALREADY_RUNNING = 1,
  LAB_WAITS_SANITIZER = 2, ///< the hooks are not compiled in
  LAB_WAITS_NO_MEMORY = 3,
  LAB_WAITS_UNSUPPORTED = 4, ///< there is no C half on this platform
} lab_waits_status;

/// Whose stack a wait is counted on.
typedef enum lab_wait_view {
  LAB_WAIT_BY_HOLDER = 0, ///< where the lock was given back for which others waited
  LAB_WAIT_BY_WAITER = 1,
  LAB_WAIT_BLOCKED = 2, ///< where a thread or a task waited for whatever it was
} lab_wait_view;

/// What is waited for.
typedef enum lab_wait_on {
  LAB_WAIT_ON_MUTEX = 0,  ///< Synchronization.Mutex
  LAB_WAIT_ON_PTHREAD = 1, ///< pthread_mutex_t, which NSLock and its kin are made of
  LAB_WAIT_ON_RWLOCK = 2,
  LAB_WAIT_ON_QUEUE = 3,  ///< DispatchQueue.sync
  LAB_WAIT_ON_CONDITION = 4,
  LAB_WAIT_ON_SEMAPHORE = 5,
  LAB_WAIT_ON_FUTEX = 6, ///< of a library: DispatchGroup.wait among others
  LAB_WAIT_ON_TIME = 7,
  LAB_WAIT_ON_THREAD = 8, ///< its end
  LAB_WAIT_ON_PROCESS = 9,
  LAB_WAIT_ON_POLL = 10, ///< one of several files
  LAB_WAIT_ON_READ = 11,
  LAB_WAIT_ON_WRITE = 12,
  // What tasks wait for.
  LAB_WAIT_ON_CONTINUATION = 13,
  LAB_WAIT_ON_TASK = 14, ///< its value
  LAB_WAIT_ON_GROUP = 15,
  LAB_WAIT_ON_ACTOR = 16,
  LAB_WAIT_ON_MAIN_ACTOR = 17,
  LAB_WAIT_ON_EXECUTOR = 18, ///< another one that has turns
  LAB_WAIT_ON_POOL = 19,     ///< a thread of the common pool, for it could go on at once
} lab_wait_on;

/// What is counted of one stack. Waits and holds that were not kept are made up for by others.
typedef struct lab_wait_figures {
  uint64_t contentions; ///< in LAB_WAIT_COUNT_UNIT
  uint64_t delay;       ///< nanoseconds, the sum over all who waited
  uint64_t runnable;    ///< of these, for how long tasks could have run and had no thread; LAB_WAIT_BLOCKED
  // Of actors; LAB_WAIT_BY_HOLDER.
  uint64_t holds;       ///< how often one was entered, in LAB_WAIT_COUNT_UNIT
  uint64_t held;        ///< for how many nanoseconds, together
  uint64_t queued;      ///< how many waited when it was left, summed up, in LAB_WAIT_COUNT_UNIT
} lab_wait_figures;
enum { LAB_WAIT_COUNT_UNIT = 1024 };

/// The contentions of one stack. Its figures only grow until the next start.
typedef struct lab_wait_bucket {
  uint32_t stack; ///< for lab_wait_frames; 0, which has none: the unlocks could not be seen; 1: beyond the bound
  lab_wait_view view;
  lab_wait_on on;
  lab_wait_figures figures;
} lab_wait_bucket;

/// No stack has more frames.
enum { LAB_WAIT_MOST_FRAMES = 512 + 1 };

/// Begins to record contention, one of `fraction` contentions. Not async-signal-safe.
lab_waits_status lab_mutex_start(uint64_t fraction);
/// Ends it; what was recorded stays to be read.
void lab_mutex_stop(void);
/// The number of the session that is under way, 0 if none is.
uint32_t lab_mutex_session(void);
uint64_t lab_mutex_fraction(void);
/// How the environment wants it shown: `LAB_MUTEX_VIEW`, empty if nothing is said.
const char *lab_mutex_asked_view(void);
/// For how long in all threads that had waited did not run yet, since the lock was given back. Nanoseconds; only grows
/// until the next start.
uint64_t lab_mutex_wakeups(void);

/// Begins to record waits: all that last `rate` nanoseconds and more, and the shorter ones as often as they are long.
/// Not async-signal-safe.
lab_waits_status lab_block_start(uint64_t rate);
/// Ends it; what was recorded stays to be read.
void lab_block_stop(void);
/// The number of the session that is under way, 0 if none is.
uint32_t lab_block_session(void);
uint64_t lab_block_rate(void);

/// Why waits of tasks are not seen, in words; null if they are, or no session runs.
const char *lab_waits_without_tasks(void);

/// Buckets are numbered from 1 to this. Async-signal-safe.
uint32_t lab_wait_bucket_count(void);
/// One bucket; false if there is none of that number. Async-signal-safe.
bool lab_wait_bucket_at(uint32_t index, lab_wait_bucket *out);
/// Writes the return addresses of a stack, leaf first; returns how many. `labels` gets the number of the label set.
size_t lab_wait_frames(uint32_t stack, uintptr_t *pcs, size_t capacity, uint64_t *labels);

#ifdef __cplusplus
}
#endif

#pragma GCC visibility pop
