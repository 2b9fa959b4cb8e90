// The habits of the program's tasks: what each family of them does, who keeps threads from whom, and places of the code
// that wait or resume where they should not. Counted from when tasks began to be followed.
//
// It counts alone. What of it is worth telling is said by those who read it.
#pragma once
#include "lab_waits.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#pragma GCC visibility push(hidden)

#ifdef __cplusplus
extern "C" {
#endif

/// What is told apart already where it is counted, in nanoseconds.
enum {
  LAB_HABIT_TASK = 5000,     ///< all runs of a task together, below which it is small
  LAB_HABIT_VISIT = 1000,    ///< of an actor, below which it is short
  LAB_HABIT_WAIT = 1000000,  ///< of a thread, from which on it is looked at
  LAB_HABIT_KEPT = 10000000, ///< a run, from which on a task has kept its thread from others
  LAB_HABIT_RUN = 1000000000, ///< a run, from which on it is long
};

/// Where tasks of a family wait to be resumed, as the address of what goes on then.
typedef struct lab_family_wait {
  uintptr_t place;
  uint64_t count;       ///< at least: of more than a few places some are forgotten
  uint64_t nanoseconds; ///< for which they had run before
} lab_family_wait;
enum { LAB_FAMILY_WAITS = 8 };

/// What the tasks of one creation have done, for lab_tasks_creation_frames.
typedef struct lab_family {
  uint64_t waited;    ///< for continuations, how often
  uint64_t ended, small;
  uint64_t long_runs, longest_nanoseconds;
  uint64_t visits;    ///< of actors, that began without waiting
  uint64_t short_visits, short_nanoseconds; ///< those that led back to where they had begun
  lab_family_wait waits[LAB_FAMILY_WAITS];
} lab_family;

/// Creations are numbered from 0, which is that of tasks whose maker is not known, to this, exclusive.
uint32_t lab_family_count(void);
/// What is known of one; false if it has done nothing.
bool lab_family_at(uint32_t creation, lab_family *out);

/// Tasks of one creation that waited for a thread of the pool which one of another creation kept.
typedef struct lab_starvation {
  uint32_t kept_by, waiting; ///< creations
  bool was_blocked;          ///< whether the thread was seen to be kept by waiting
  uint64_t count, nanoseconds, longest_nanoseconds;
} lab_starvation;
enum { LAB_STARVATIONS = 1 << 10 };

/// Whether tasks of one creation make, or make the makers of, those of another.
bool lab_family_makes(uint32_t creation, uint32_t other);

/// One by its number, from 0; false if there is none of that number.
bool lab_starvation_at(uint32_t number, lab_starvation *out);

enum lab_place_kind {
  LAB_PLACE_BLOCKS_POOL = 1, ///< a thread of the pool waited while a task was ready to run on it
  LAB_PLACE_HOLDS_LOCK,      ///< a thread waited with a lock that others waited for
  LAB_PLACE_RESUMES_LOCKED,  ///< a task was resumed by a thread that had a lock
};

/// What happened at one stack.
typedef struct lab_place {
  uint32_t kind;
  lab_wait_on on;
  uint32_t stack; ///< for lab_wait_frames
  uint64_t count, nanoseconds, longest_nanoseconds;
} lab_place;
enum { LAB_PLACES = 1 << 12 };

/// One by its number, from 0; false if there is none of that number.
bool lab_place_at(uint32_t number, lab_place *out);

#ifdef __cplusplus
}
#endif

#pragma GCC visibility pop
