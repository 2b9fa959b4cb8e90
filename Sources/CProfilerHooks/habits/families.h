// What the tasks of each creation do: tallies that every thread keeps for itself, so that to count is a few stores into
// its own memory.
#pragma once
#include "base/arch.h"
#include "base/atomics.h"
#include "habits/ticks.h"
#include "threads/thread.h"
#include <stdbool.h>
#pragma GCC visibility push(hidden)

/// As many creations as there are: see tasks/creation.c.
enum { LAB_FAMILY_BITS = 17, LAB_FAMILY_CHUNK_SHIFT = 7 };

/// Where tasks wait, most often: of those that come by elsewhere each takes one of the rarest place's away, so that what
/// makes up more than a third is always among them (Misra and Gries, Finding repeated elements, 1982).
struct lab_tallied_wait {
  _Atomic uintptr_t place;
  _Atomic uint64_t count, ticks;
};

/// What does not happen to every task. Two cache lines, written by one thread.
struct lab_tally {
  _Atomic uint64_t waited; ///< for continuations, how often
  _Atomic uint64_t long_runs, longest;
  _Atomic uint64_t visits, short_visits, short_ticks;
  struct lab_tallied_wait waits[2];
  uint64_t padding[4];
};
_Static_assert(sizeof(struct lab_tally) == 128, "two lines");

/// How many tasks ended, by whether all they ran was little: apart from all else and in one row by creation, for it is
/// counted of every task.
struct lab_ends {
  _Atomic uint64_t counts[2];
};

/// For a new session: of so many creations. Threads do not count meanwhile.
void lab_families_begin(uint32_t creations);
/// Makes a thread's row; null if it cannot have one.
struct lab_ends *lab_ends_of(struct lab_thread *thread);
/// Counts, as a loss, what there is no memory for.
void lab_habit_lost(void);
/// Makes a thread's tallies of some creations; null, and counted, if it cannot have any.
struct lab_tally *lab_tally_make(struct lab_thread *thread, uint32_t creation);
/// A task of a creation waits to be resumed at a place, after it has run for so long.
void lab_tally_wait(const struct lab_self *self, uint32_t creation, uintptr_t place, uint64_t ran);

/// To add to a word that no other thread writes.
static inline void lab_tally_add(_Atomic uint64_t *word, uint64_t n) { LAB_STORE(word, LAB_LOAD(word) + n); }

/// The calling thread's tally of a creation.
static inline struct lab_tally *lab_tally_of(const struct lab_self *self, uint32_t creation) {
  struct lab_thread *thread = self->thread;
  if (LAB_LIKELY(thread != NULL && thread->tallies != NULL)) {
    struct lab_tally *chunk = LAB_LOAD(&thread->tallies[creation >> LAB_FAMILY_CHUNK_SHIFT]);
    if (LAB_LIKELY(chunk != NULL)) return &chunk[creation & ((1 << LAB_FAMILY_CHUNK_SHIFT) - 1)];
  }
  return lab_tally_make(thread, creation);
}

/// A task of a creation has ended.
static inline void lab_tally_end(const struct lab_self *self, uint32_t creation, bool is_small) {
  if (LAB_LIKELY(self->ends != NULL)) lab_tally_add(&self->ends[creation].counts[is_small], 1);
  else lab_habit_lost();
}

/// Whether one run was so long that others may have waited for the thread.
static inline bool lab_keeps_thread(uint64_t ran) { return LAB_UNLIKELY(ran >= lab_habit_ticks.kept); }

/// One that may be longer than it should. On the main thread nobody waits but for the main actor.
static inline void lab_tally_run(const struct lab_self *self, uint32_t creation, uint64_t ran) {
  if (ran < lab_habit_ticks.run || self->thread == NULL || self->thread->is_main) return;
  struct lab_tally *tally = lab_tally_of(self, creation);
  if (tally == NULL) return;
  lab_tally_add(&tally->long_runs, 1);
  if (ran > LAB_LOAD(&tally->longest)) LAB_STORE(&tally->longest, ran);
}

#pragma GCC visibility pop
