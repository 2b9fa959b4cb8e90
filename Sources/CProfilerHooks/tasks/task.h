// What is known of every task, and the one stream of how that changes.
//
// A record is written by whoever moves its task on: the thread that makes, enqueues, runs or suspends it. These follow
// one another, for the runtime hands a task over from one to the next, so records need no locks. Readers go by `word`:
// while it is the same, all else is.
#pragma once
#include "base/arch.h"
#include "base/atomics.h"
#include "habits/families.h"
#include "lab_tasks.h"
#include "runtime/layout.h"
#include "threads/thread.h"
#include <stdbool.h>
#pragma GCC visibility push(hidden)

enum { LAB_TASK_RAN_BITS = 13, LAB_TASK_RAN_SHIFT = 6 };

/// One cache line: there may be hundreds of thousands, and each is met cold.
struct lab_task {
  _Atomic uint64_t word;     ///< how often it was written, the session, the reason, the state: see LAB_TASK_…_SHIFT
  _Atomic uintptr_t address; ///< of the task; 0: of none
  union {
    uint64_t id;
    struct lab_task *next;   ///< while it is of no task: the next of these
  };
  _Atomic uint64_t since;    ///< ticks: when it came into its state
  struct lab_task *outer;    ///< while it runs: the task in which it was begun at once
  uint32_t number;
  _Atomic int tid;           ///< where it runs, or ran last
  uint32_t made_at;          ///< ticks, in units of LAB_TASK_AGE_SHIFT
  uint32_t parent;           ///< the lower half of its id, 0: none. It is older: see lab_task_parent
  uint32_t creation : LAB_FAMILY_BITS; ///< its maker: see creation.h
  uint32_t origin : 2;       ///< enum lab_task_origin
  uint32_t ran : LAB_TASK_RAN_BITS; ///< ticks, in units of LAB_TASK_RAN_SHIFT: all its runs, as far as there is room
  _Atomic uint16_t labels;
  uint16_t name;             ///< see names.h
};
_Static_assert(sizeof(struct lab_task) == 64, "one line");

enum {
  LAB_TASK_REASON_SHIFT = 8,
  LAB_TASK_SESSION_SHIFT = 16, ///< 16 bits of its number
  LAB_TASK_VERSION_SHIFT = 32,
  LAB_TASK_AGE_SHIFT = 22, ///< a unit is a few milliseconds, and all of them half a year
};

static inline enum lab_task_state lab_task_state(uint64_t word) { return (enum lab_task_state)(uint8_t)word; }
static inline enum lab_task_reason lab_task_reason(uint64_t word) {
  return (enum lab_task_reason)(uint8_t)(word >> LAB_TASK_REASON_SHIFT);
}
static inline uint32_t lab_task_session_of(uint64_t word) { return (uint16_t)(word >> LAB_TASK_SESSION_SHIFT); }

/// Ids grow, and the parent's is less than its child's, by less than what half an id can tell.
static inline uint64_t lab_task_parent(const struct lab_task *task) {
  if (task->parent == 0) return 0;
  uint64_t parent = (task->id & ~(uint64_t)UINT32_MAX) | task->parent;
  return parent < task->id ? parent : parent - ((uint64_t)1 << 32);
}

// MARK: - Transitions

/// What can become of a task.
enum lab_transition_kind {
  LAB_TRANSITION_MADE,
  LAB_TRANSITION_RUNNABLE, ///< given to an executor, by the task that runs on the calling thread, if any
  LAB_TRANSITION_RUNS,
  LAB_TRANSITION_NESTS,    ///< another begins on its thread
  LAB_TRANSITION_RUNS_ON,  ///< the one within has been suspended or has ended
  LAB_TRANSITION_SUSPENDS,
  LAB_TRANSITION_ENDS,
  // These two change nothing of a task's state, and are only told if somebody listens.
  LAB_TRANSITION_ENTERS,   ///< an actor that was free, without leaving its thread
  LAB_TRANSITION_LEAVES,   ///< an actor, and runs on
};

/// Where a task's turn is one among others': an actor, or another serial executor. Source: Swift,
/// include/swift/ABI/Executor.h, SerialExecutorRef.
struct lab_executor {
  uintptr_t identity;       ///< the actor's address, or another object's; 0: threads of the common pool
  uintptr_t implementation; ///< 0: an actor that has none of its own
};

/// One transition, as those who listen get it.
struct lab_transition {
  enum lab_transition_kind kind;
  enum lab_task_reason reason;  ///< what it waits for when it is suspended, or runnable; leaves: whether an executor,
                                ///< where it is about to enter the next one
  const struct lab_task *task;  ///< as it was until now
  struct lab_executor executor; ///< runnable: which it waits for; runs: on which; enters, leaves: which
  uint64_t ticks;
};

/// Whoever wants to be told of transitions, on the thread that moves the task on. Called inside the runtime:
/// async-signal-safe functions only, and soon done. A thread that is in the middle of a transition may call it once
/// more after it has been taken off.
struct lab_transition_listener {
  void (*transition)(const struct lab_transition *transition);
  /// A job that is no task begins on this thread, or is over; null of whoever does not care. `name`: the type of what it
  /// destroys, 0 if it does something else.
  void (*job)(bool begins, uintptr_t job, uintptr_t type, struct lab_executor executor, uint64_t ticks);
  uint32_t users; ///< how often it has been put on
};

/// Has tasks followed, for as long as anybody wants them to be: a call of `lab_tasks_unfollow` belongs to each that
/// succeeds. `listener`: null of whoever only wants the table; may be put on several times, and is called once.
/// `from_start`: nothing of the program has run. Not async-signal-safe.
lab_tasks_status lab_tasks_follow(struct lab_transition_listener *listener, bool from_start);
void lab_tasks_unfollow(struct lab_transition_listener *listener);

/// The executor that tasks with a certain status prefer to the common pool, as the task says itself; nobody may change
/// that meanwhile: it runs here, or is about to be given to an executor here. Identity 0: none.
struct lab_executor lab_preferred_executor(uintptr_t task);
/// Begins to follow the task that runs on the calling thread, if there is one that nobody has met.
void lab_task_meet_here(void);

/// How many listen.
extern _Atomic uint32_t lab_transitions_heard;
/// Tells them all.
void lab_transition_tell(const struct lab_transition *transition);
void lab_job_tell(bool begins, uintptr_t job, uintptr_t type, struct lab_executor executor);

static inline void lab_task_becomes(struct lab_task *task, enum lab_task_state state, enum lab_task_reason reason,
                                    uint64_t ticks) {
  uint64_t word = LAB_LOAD(&task->word) & ~(((uint64_t)1 << LAB_TASK_SESSION_SHIFT) - 1);
  word += (uint64_t)1 << LAB_TASK_VERSION_SHIFT;
  LAB_STORE(&task->since, ticks);
  LAB_RELEASE(&task->word, word | (uint64_t)reason << LAB_TASK_REASON_SHIFT | state);
  // Whoever reads the task, or its record, and then finds the word as it was must have read nothing that comes after: not
  // what the task writes when it runs on, nor the next one's record.
  LAB_BEFORE_STORES();
}

/// How long the run of a task that runs has taken, which is added to its others.
static inline uint64_t lab_task_has_run(struct lab_task *task, uint64_t now) {
  if (LAB_UNLIKELY(lab_task_state(LAB_LOAD(&task->word)) != LAB_TASK_IS_RUNNING)) return 0;
  const uint64_t most = ((uint64_t)1 << LAB_TASK_RAN_BITS) - 1;
  uint64_t ran = now - LAB_LOAD(&task->since), all = task->ran + (ran >> LAB_TASK_RAN_SHIFT);
  task->ran = (uint32_t)(all < most ? all : most);
  return ran;
}

/// The one way by which a task comes into another state, at a time in ticks.
static inline __attribute__((always_inline)) void lab_task_moves(enum lab_transition_kind kind, struct lab_task *task, enum lab_task_reason reason,
                                  struct lab_executor executor, uint64_t ticks) {
  static const uint8_t states[] = {
      [LAB_TRANSITION_MADE] = LAB_TASK_IS_MADE,       [LAB_TRANSITION_RUNNABLE] = LAB_TASK_IS_RUNNABLE,
      [LAB_TRANSITION_RUNS] = LAB_TASK_IS_RUNNING,    [LAB_TRANSITION_NESTS] = LAB_TASK_IS_NESTING,
      [LAB_TRANSITION_RUNS_ON] = LAB_TASK_IS_RUNNING, [LAB_TRANSITION_SUSPENDS] = LAB_TASK_IS_WAITING,
      [LAB_TRANSITION_ENDS] = LAB_TASK_IS_NONE,
  };
  if (LAB_UNLIKELY(LAB_LOAD(&lab_transitions_heard) != 0))
    lab_transition_tell(&(struct lab_transition){kind, reason, task, executor, ticks});
  lab_task_becomes(task, (enum lab_task_state)states[kind], reason, ticks);
}

// MARK: - The table (table.c)

/// 0 while nobody wants tasks followed; of 16 bits.
extern _Atomic uint32_t lab_task_session;

/// Makes the table, unless it is there; false if there is no memory.
bool lab_task_table_open(void);
/// Takes back the records of sessions before the one that ended last: threads may still be at these.
void lab_task_table_sweep(uint32_t last_session);
/// The record of the task at an address; null if it has none.
struct lab_task *lab_task_find(uintptr_t address);
/// A record for a task that has none yet: all but its number and what a reader goes by is to be filled in by the
/// caller. Null, and counted, if there is no memory.
struct lab_task *lab_task_add(uintptr_t address, uint64_t id);
/// Forgets the task at an address. Its record is to be used for another, unless somebody else has taken it back.
void lab_task_remove(struct lab_task *task, uintptr_t address);
/// Records are numbered from 0 to this, exclusive.
uint32_t lab_task_record_count(void);
struct lab_task *lab_task_record_at(uint32_t number);

/// The record of whatever task has an address; null if it has none.
struct lab_task *lab_task_at(uintptr_t address);

/// Begins what the environment asks for. Returns why it cannot, or null.
const char *lab_tasks_begin(long rate);
const char *lab_waitfor_begin(long rate);

// MARK: - Counts, from whose values at the session's start they go on (session.c)

/// They begin anew.
void lab_task_counts_begin(void);
/// Of tasks that were met.
extern _Atomic uint64_t lab_task_met;
/// On threads that have no part in the pool.
extern _Atomic uint64_t lab_task_made_elsewhere, lab_task_ended_elsewhere;
/// When tasks began to be followed, in nanoseconds since the epoch.
extern _Atomic int64_t lab_tasks_followed_since;

// MARK: - The runtime's own words

static inline uint32_t lab_task_id_low_at(uintptr_t task) { return *(const uint32_t *)(task + LAB_TASK_ID_LOW); }
static inline uint64_t lab_task_id_at(uintptr_t task) {
  return (uint64_t) * (const uint32_t *)(task + LAB_TASK_ID_HIGH) << 32 | lab_task_id_low_at(task);
}

#pragma GCC visibility pop
