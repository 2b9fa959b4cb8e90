// What a contended lock is to the profiler: a wait, from its begin to its end, and the unlocks that end it.
//
// C, because it runs inside lock and unlock. It calls the unwinder and tables, none of which allocates; no lock of the
// program's is held longer for it than it takes to read the clock and to add up.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/hidden.h"
#include "base/losses.h"
#include "habits/kept.h"
#include "habits/places.h"
#include "lab_labels.h"
#include "stacks/stacks.h"
#include "tasks/task.h"
#include "threads/blocked_calls.h"
#include "threads/random.h"
#include "unwind/unwind.h"
#include "waits/actors.h"
#include "waits/held.h"
#include "waits/waits.h"
#include <errno.h>

LAB_HIDE_THIS_FILE

_Atomic uint32_t lab_mutex_active, lab_block_active;
_Atomic uint64_t lab_wait_wakeups;

uint64_t lab_mutex_wakeups(void) { return LAB_LOAD(&lab_wait_wakeups); }
void lab_wakeups_forget(void) { LAB_STORE(&lab_wait_wakeups, 0); }

// MARK: - Drawing

/// Delays of contention shorter than this are kept with a probability in proportion to them, and then stand for as
/// much: a walk costs some microseconds, and where threads fight over a lock that is held for less, each would.
static const double coarse = 10000;

/// How many a delay stands for if it is kept, else 0: those below a bound are kept as often as they are long, as Go's
/// block profile has it, and one of `fraction` of all, as its mutex profile has.
double lab_wait_weight(lab_wait_view view, uint64_t delay) {
  bool is_block = view == LAB_WAIT_BLOCKED;
  double whole = is_block ? (double)lab_block_rate() : coarse, weight = is_block ? 1 : (double)lab_mutex_fraction();
  if (delay == 0) return 0;
  if ((double)delay < whole) weight *= whole / (double)delay;
  return weight > 1 && lab_random(&lab_self) * weight > 1 ? 0 : weight;
}

lab_wait_figures lab_wait_weighed(double weight, uint64_t delay, uint64_t runnable) {
  return (lab_wait_figures){.contentions = lab_wait_count(weight),
                            .delay = (uint64_t)(weight * (double)delay + 0.5),
                            .runnable = (uint64_t)(weight * (double)runnable + 0.5)};
}

static uint32_t stack_from(const struct lab_registers *from, enum lab_loss truncated) {
  uintptr_t pcs[LAB_WAIT_MOST_FRAMES - 1];
  struct lab_walk walk = lab_walk_stack(*from, pcs, LAB_WAIT_MOST_FRAMES - 1, 0);
  if (walk.flags & LAB_WALK_TRUNCATED) lab_lose(truncated, 1);
  return lab_stack_intern(&lab_stacks, lab_labels_here(), pcs, (size_t)walk.depth);
}

/// Whom else a thread's wait has kept from going on: tasks that could run there, and those who want its locks.
static void look_at(lab_wait_on on, uint64_t delay, uint32_t stack) {
  struct lab_self *self = &lab_self;
  if (self->task != NULL) lab_task_has_blocked(self, stack, on, delay);
  if (lab_holds_awaited_lock() || lab_actor_is_awaited_here())
    lab_place_add(LAB_PLACE_HOLDS_LOCK, stack, on, 1, delay, delay);
}

void lab_wait_record(lab_wait_view view, lab_wait_on on, uint64_t delay, const struct lab_registers *from) {
  bool is_block = view == LAB_WAIT_BLOCKED, is_long = is_block && delay >= LAB_HABIT_WAIT;
  double weight = lab_wait_weight(view, delay);
  if (weight == 0 && !is_long) return;
  uint32_t stack = stack_from(from, is_block ? LAB_LOSS_block_truncated : LAB_LOSS_mutex_truncated);
  if (weight > 0) lab_wait_bucket_add(stack, view, on, lab_wait_weighed(weight, delay, 0));
  if (is_long && LAB_LOAD(&lab_task_session) != 0) look_at(on, delay, stack);
}

void lab_wait_record_unseen(lab_wait_on on, uint64_t delay, const struct lab_registers *from) {
  double weight = lab_wait_weight(LAB_WAIT_BY_WAITER, delay);
  if (weight == 0) return;
  lab_wait_figures figures = lab_wait_weighed(weight, delay, 0);
  lab_wait_bucket_add(LAB_STACK_NONE, LAB_WAIT_BY_HOLDER, on, figures);
  lab_wait_bucket_add(stack_from(from, LAB_LOSS_mutex_truncated), LAB_WAIT_BY_WAITER, on, figures);
}

// MARK: - Waits

/// Whether anybody wants to know of waits.
static bool blocking_is_told(void) { return LAB_LOAD(&lab_block_active) != 0 || LAB_LOAD(&lab_blocked_calls) != NULL; }

void lab_blocked(uint64_t began, lab_wait_on on, const struct lab_registers *from) {
  if (LAB_LOAD(&lab_block_active) != 0) lab_wait_record(LAB_WAIT_BLOCKED, on, lab_now() - began, from);
  lab_blocked_call listener = LAB_ACQUIRE(&lab_blocked_calls);
  if (listener != NULL) listener(on, began, from);
}

void lab_blocked_is_told(uint64_t began, lab_wait_on on, const struct lab_registers *from) {
  lab_blocked_call listener = LAB_ACQUIRE(&lab_blocked_calls);
  if (listener == NULL || !lab_enter()) return;
  listener(on, began, from);
  lab_leave();
}

void lab_wait_begin(struct lab_lock_wait *wait, const void *lock) {
  *wait = (struct lab_lock_wait){.lock = lock};
  if (!lab_enter()) return;
  if (lab_wait_is_programs(&lab_self)) {
    lab_lock_arrive(wait, lock);
    if (blocking_is_told()) wait->blocked = wait->entry != 0 ? wait->arrival : lab_now();
  }
  lab_leave();
}

void lab_wait_end(struct lab_lock_wait *wait, lab_wait_on on, const struct lab_registers *from) {
  if (!lab_wait_is_followed(wait) || !lab_enter()) return;
  struct lab_wait_end end = lab_lock_leave(wait);
  if (wait->blocked != 0) lab_blocked(wait->blocked, on, from);
  if (wait->entry != 0 && LAB_LOAD(&lab_mutex_active) != 0) {
    if (end.charged > 0) {
      lab_wait_record(LAB_WAIT_BY_WAITER, on, end.charged, from);
      lab_count(&lab_wait_wakeups, end.rest);
    } else {
      lab_wait_record_unseen(on, end.rest, from);
    }
  }
  lab_leave();
}

uint64_t lab_block_begins(void) {
  const struct lab_self *self = &lab_self;
  return blocking_is_told() && self->inside == 0 && lab_wait_is_programs(self) ? lab_now() : 0;
}

void lab_block_ends(uint64_t began, lab_wait_on on, const struct lab_registers *from) {
  if (began == 0 || !blocking_is_told() || !lab_enter()) return;
  int error = errno;
  lab_blocked(began, on, from);
  errno = error;
  lab_leave();
}

// MARK: - Unlocks

struct lab_unlocking lab_unlock_begin(const void *lock) {
  struct lab_unlocking unlocking = {0, LAB_LOAD(&lab_mutex_active)};
  if (unlocking.session == 0 || !lab_enter()) return unlocking;
  unlocking.charge = lab_lock_charge(lock).delay;
  lab_leave();
  return unlocking;
}

void lab_unlock_end(const struct lab_unlocking *unlocking, lab_wait_on on, const struct lab_registers *from) {
  if (unlocking->charge == 0 || !lab_enter()) return;
  // A session that has begun since did not see the wait.
  if (unlocking->session == LAB_LOAD(&lab_mutex_active) && lab_wait_is_programs(&lab_self))
    lab_wait_record(LAB_WAIT_BY_HOLDER, on, unlocking->charge, from);
  lab_leave();
}
#endif
