// The bodies of the hooks before condition variables.
//
// To wait for one is to give a mutex back, and to come back from it is to wait for the mutex again; both happen inside
// the C library. A thread comes to wait for the mutex when somebody wakes it: so signals and broadcasts are looked at.
// Which thread a signal wakes nobody says; the one that has waited longest is taken for it, and where another one comes
// back first, the two change places. A thread that comes back because its time was over has waited for the mutex, too,
// but since when cannot be seen, and nothing is charged for it.
//
// C, because these are libc's functions; they call the real ones.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/hidden.h"
#include "base/lock.h"
#include "base/start_order.h"
#include "hooks/hooks.h"
#include "waits/held.h"
#include "waits/waits.h"

#if LAB_INTERPOSES
LAB_HIDE_THIS_FILE

/// A thread that waits for a condition. Lies on its stack.
struct sleeper {
  const void *condition;
  lab_mutex *mutex;
  struct lab_lock_wait wait; ///< for the mutex, once it has been woken
  bool is_woken;
  struct sleeper *next, **place;
};

enum { STRIPES = 256 };
/// Those who wait for conditions, by these: who came first is first.
static struct stripe {
  struct lab_lock lock;
  _Atomic uint32_t sleeping;
  struct sleeper *first, **end;
} stripes[STRIPES];

static struct stripe *stripe_of(const void *condition) {
  return &stripes[(uintptr_t)condition * 0x9E3779B97F4A7C15ull >> 56];
}

static void fall_asleep(struct sleeper *sleeper) {
  struct stripe *stripe = stripe_of(sleeper->condition);
  lab_lock(&stripe->lock);
  if (stripe->first == NULL) stripe->end = &stripe->first;
  sleeper->place = stripe->end;
  *sleeper->place = sleeper;
  stripe->end = &sleeper->next;
  LAB_STORE(&stripe->sleeping, LAB_LOAD(&stripe->sleeping) + 1);
  lab_unlock(&stripe->lock);
}

/// Takes the thread off the list; what it has been woken for, another may have been meant by.
static void get_up(struct sleeper *sleeper, bool was_woken) {
  struct stripe *stripe = stripe_of(sleeper->condition);
  lab_lock(&stripe->lock);
  if (was_woken && !sleeper->is_woken) {
    struct sleeper *other = stripe->first;
    while (other != NULL && !(other->is_woken && other->condition == sleeper->condition)) other = other->next;
    if (other != NULL) {
      sleeper->wait = other->wait;
      sleeper->is_woken = true;
      other->is_woken = false;
    }
  }
  *sleeper->place = sleeper->next;
  if (sleeper->next != NULL) sleeper->next->place = sleeper->place;
  else stripe->end = sleeper->place;
  LAB_STORE(&stripe->sleeping, LAB_LOAD(&stripe->sleeping) - 1);
  lab_unlock(&stripe->lock);
}

/// Has one, or all, of those that sleep wait for their mutex from now on.
static void wake(const void *condition, bool all) {
  struct stripe *stripe = stripe_of(condition);
  if (LAB_LIKELY(LAB_LOAD(&stripe->sleeping) == 0) || !lab_enter()) return;
  lab_lock(&stripe->lock);
  for (struct sleeper *sleeper = stripe->first; sleeper != NULL; sleeper = sleeper->next) {
    if (sleeper->condition != condition || sleeper->is_woken) continue;
    lab_lock_arrive(&sleeper->wait, sleeper->mutex);
    sleeper->is_woken = true;
    if (!all) break;
  }
  lab_unlock(&stripe->lock);
  lab_leave();
}

/// The thread is being cancelled: it has the mutex, and goes on to its handlers.
static void give_up(void *argument) {
  struct sleeper *sleeper = argument;
  bool may = lab_enter();
  get_up(sleeper, false);
  if (sleeper->is_woken) lab_lock_leave(&sleeper->wait);
  if (may) lab_leave();
}

static bool begin(struct sleeper *sleeper) {
  if (LAB_LOAD(&lab_mutex_active) == 0 || lab_self.ignored > 0 || lab_self.is_own || !lab_enter()) return false;
  fall_asleep(sleeper);
  lab_leave();
  return true;
}

/// Until the mutex is given back inside the call it is the program's, so the stack is walked before.
static inline __attribute__((always_inline)) void give_back(const lab_mutex *mutex) {
  if (LAB_LIKELY(!lab_lock_is_awaited(mutex))) return;
  struct lab_registers registers = lab_registers_here();
  struct lab_unlocking unlocking = lab_unlock_begin(mutex);
  lab_unlock_end(&unlocking, LAB_WAIT_ON_PTHREAD, &registers);
}

#define SLEEPING(call)                                                       \
  struct sleeper sleeper = {.condition = condition, .mutex = mutex};         \
  give_back(mutex);                                                          \
  lab_held_remove(mutex);                                                    \
  uint64_t began = lab_block_begins();                                       \
  int error;                                                                 \
  if (begin(&sleeper)) {                                                     \
    pthread_cleanup_push(give_up, &sleeper);                                 \
    error = call;                                                            \
    pthread_cleanup_pop(0);                                                  \
    bool may = lab_enter();                                                  \
    get_up(&sleeper, error == 0);                                            \
    if (may) lab_leave();                                                    \
  } else {                                                                   \
    error = call;                                                            \
  }                                                                          \
  if (sleeper.is_woken || began != 0) {                                      \
    struct lab_registers registers = lab_registers_here();                   \
    if (sleeper.is_woken) lab_wait_end(&sleeper.wait, LAB_WAIT_ON_PTHREAD, &registers); \
    lab_block_ends(began, LAB_WAIT_ON_CONDITION, &registers);                \
  }                                                                          \
  lab_held_add(mutex);                                                       \
  return error

int LAB_BODY(pthread_cond_wait)(pthread_cond_t *condition, lab_mutex *mutex) {
  SLEEPING(lab_real.pthread_cond_wait(condition, mutex));
}

int LAB_BODY(pthread_cond_timedwait)(pthread_cond_t *condition, lab_mutex *mutex, const struct timespec *limit) {
  SLEEPING(lab_real.pthread_cond_timedwait(condition, mutex, limit));
}

int LAB_BODY(pthread_cond_clockwait)(pthread_cond_t *condition, lab_mutex *mutex, clockid_t clock,
                                     const struct timespec *limit) {
  SLEEPING(lab_real.pthread_cond_clockwait(condition, mutex, clock, limit));
}

int LAB_BODY(pthread_cond_signal)(pthread_cond_t *condition) {
  wake(condition, false);
  return lab_real.pthread_cond_signal(condition);
}

int LAB_BODY(pthread_cond_broadcast)(pthread_cond_t *condition) {
  wake(condition, true);
  return lab_real.pthread_cond_broadcast(condition);
}

// MARK: - Fork: nobody sleeps in the child.

static void after_fork_in_child(void) {
  for (int i = 0; i < STRIPES; i++) {
    lab_lock_reset(&stripes[i].lock);
    LAB_STORE(&stripes[i].sleeping, 0);
    stripes[i].first = NULL;
  }
}

__attribute__((constructor(LAB_STARTS_WAITS))) static void prepare_conditions(void) {
  pthread_atfork(NULL, NULL, after_fork_in_child);
}
#endif
#endif
