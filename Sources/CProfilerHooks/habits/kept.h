// Threads of the pool that one task kept while another was ready to run there.
//
// Nobody asks how many tasks are ready: it is told by the task that a thread runs next. If that could have run while the
// last one had the thread, for as long it was kept from it. So all of it is known to the thread itself.
//
// A thread that the kernel has taken the processor from is kept by nobody. So a long run counts for the processor's time
// that it took, or if it waited: as the hooks before waits have seen, and where these are not in force as the kernel's
// counts tell.
#pragma once
#include "base/atomics.h"
#include "habits/ticks.h"
#include "lab_habits.h"
#include "threads/thread.h"
#pragma GCC visibility push(hidden)

/// For a new session.
void lab_starvations_begin(void);
/// The calling thread has taken no part in the session yet.
void lab_kept_forget(struct lab_self *self);

/// Notes what the thread has used of the processor until now. To be called when a task gets the thread, if that is not
/// known any more.
void lab_thread_use_is_noted(struct lab_self *self, uint64_t now);
static inline bool lab_thread_use_is_old(const struct lab_self *self, uint64_t now) {
  return LAB_UNLIKELY(now - self->use_noted_at > lab_habit_ticks.wait);
}

/// A task of a creation has left the calling thread, which it had for long: LAB_HABIT_KEPT and more; in ticks.
void lab_thread_was_kept(struct lab_self *self, uint32_t creation, uint64_t since, uint64_t until);
/// The thread's task has waited there, at a stack of the hooks' table, until now; in nanoseconds.
void lab_task_has_blocked(struct lab_self *self, uint32_t stack, lab_wait_on on, uint64_t nanoseconds);
/// A task that waited for any thread of the pool gets this one, at a time in ticks. To be called if `self->is_watched`.
void lab_thread_is_free(struct lab_self *self, uint32_t creation, uint64_t waits_since, uint64_t now);

#pragma GCC visibility pop
