// Whether tasks are followed, and who listens.
//
// They are as long as anybody wants it, so that whoever keeps the table and whoever only listens may come and go in any
// order. Listeners stand in places of their own, which a thread that is in the middle of a transition goes through
// whatever becomes of them: one that is taken off may be called once more, and none twice.
//
// C, because it shares its state with the hooks. To begin and to end may call anything.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/hidden.h"
#include "base/lock.h"
#include "base/losses.h"
#include "base/start_order.h"
#include "habits/ticks.h"
#include "hooks/hooks.h"
#include "lab_unwind.h"
#include "tasks/clock.h"
#include "tasks/creation.h"
#include "tasks/seams.h"
#include "tasks/task.h"
#include <pthread.h>

LAB_HIDE_THIS_FILE

struct lab_task_clock lab_task_clock;
_Atomic int64_t lab_tasks_followed_since;
_Atomic uint32_t lab_transitions_heard;

enum { LISTENERS = 4 };
static _Atomic(struct lab_transition_listener *) listeners[LISTENERS];

static struct lab_lock changing;
static uint32_t users;
static uint32_t last_session;

void lab_transition_tell(const struct lab_transition *transition) {
  for (int i = 0; i < LISTENERS; i++) {
    const struct lab_transition_listener *listener = LAB_ACQUIRE(&listeners[i]);
    if (listener != NULL) listener->transition(transition);
  }
}

void lab_job_tell(bool begins, uintptr_t job, uintptr_t type, struct lab_executor executor) {
  uint64_t now = lab_ticks();
  for (int i = 0; i < LISTENERS; i++) {
    const struct lab_transition_listener *listener = LAB_ACQUIRE(&listeners[i]);
    if (listener != NULL && listener->job != NULL) listener->job(begins, job, type, executor, now);
  }
}

// MARK: - The table and the hooks

static lab_tasks_status begin(bool from_start) {
  static bool has_begun;
  lab_tasks_status status = lab_task_seams_find();
  if (status != LAB_TASKS_OK) return status;
  if (!lab_task_table_open() || !lab_creation_open()) return LAB_TASKS_NO_MEMORY;
  lab_unwind_prepare();
  lab_losses_forget("task");
  lab_habits_begin(lab_creation_count());
  lab_task_table_sweep(last_session);
  last_session = last_session % UINT16_MAX + 1;
  lab_task_clock = (struct lab_task_clock){lab_ticks(), lab_now()};
  LAB_STORE(&lab_tasks_followed_since, (int64_t)lab_nanoseconds(CLOCK_REALTIME));
  lab_task_counts_begin();
  // No task is older than the program, but for those of whoever was forked.
  lab_task_seams_switch(true, from_start && !has_begun ? 1 : 0);
  has_begun = true;
  // Only now: of a task that is seen to run it must be seen that it is suspended, too.
  atomic_store(&lab_task_session, last_session);
  return LAB_TASKS_OK;
}

static void end(void) {
  atomic_store(&lab_task_session, 0);
  lab_task_seams_switch(false, 0);
}

// MARK: - Listeners

static _Atomic(struct lab_transition_listener *) *place_of(const struct lab_transition_listener *listener) {
  for (int i = 0; i < LISTENERS; i++)
    if (LAB_LOAD(&listeners[i]) == listener) return &listeners[i];
  return NULL;
}

/// False if there are more of them than anybody thought.
static bool put_on(struct lab_transition_listener *listener) {
  if (listener == NULL || listener->users++ > 0) return true;
  _Atomic(struct lab_transition_listener *) *place = place_of(NULL);
  if (place == NULL) return listener->users = 0, false;
  LAB_RELEASE(place, listener);
  uint32_t heard = LAB_LOAD(&lab_transitions_heard);
  atomic_store(&lab_transitions_heard, heard + 1);
  if (heard == 0) lab_task_seams_watch_actors(true);
  return true;
}

static void take_off(struct lab_transition_listener *listener) {
  if (listener == NULL || --listener->users > 0) return;
  LAB_RELEASE(place_of(listener), NULL);
  uint32_t heard = LAB_LOAD(&lab_transitions_heard);
  atomic_store(&lab_transitions_heard, heard - 1);
  if (heard == 1) lab_task_seams_watch_actors(false);
}

// MARK: - Users

lab_tasks_status lab_tasks_follow(struct lab_transition_listener *listener, bool from_start) {
  if (!LAB_INTERPOSES) return LAB_TASKS_SANITIZER;
  lab_lock(&changing);
  lab_tasks_status status = users > 0 ? LAB_TASKS_OK : begin(from_start);
  if (status == LAB_TASKS_OK) users++;
  if (status == LAB_TASKS_OK && !put_on(listener)) {
    if (--users == 0) end();
    status = LAB_TASKS_NO_MEMORY;
  }
  lab_unlock(&changing);
  return status;
}

void lab_tasks_unfollow(struct lab_transition_listener *listener) {
  lab_lock(&changing);
  take_off(listener);
  if (--users == 0) end();
  lab_unlock(&changing);
}

static void after_fork_in_child(void) { lab_lock_reset(&changing); }

__attribute__((constructor(LAB_STARTS_TASKS))) static void prepare_following(void) {
  pthread_atfork(NULL, NULL, after_fork_in_child);
}
#endif
