// Starts and stops the table of tasks, and counts what is in it.
//
// C, because it shares its state with the hooks. Start and stop may call anything.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/start_order.h"
#include "tasks/task.h"
#include <stdlib.h>
#include <string.h>

_Atomic uint64_t lab_task_met, lab_task_made_elsewhere, lab_task_ended_elsewhere;

/// 1 while a session runs or is being started or stopped.
static _Atomic bool held;
static _Atomic uint32_t session;
static uint32_t last_session;
static lab_task_counts at_start;

// MARK: - Counts

/// All there ever were.
static lab_task_counts count_all(void) {
  lab_task_counts all = {
      .met = LAB_LOAD(&lab_task_met), .ended = LAB_LOAD(&lab_task_ended_elsewhere),
      .made = LAB_LOAD(&lab_task_made_elsewhere)};
  // Ends first: no more of them are counted than tasks that were made.
  for (uint32_t i = 0, n = lab_thread_count(); i < n; i++) {
    struct lab_thread *thread = lab_thread_at(i);
    if (thread != NULL) all.ended += LAB_LOAD(&thread->tasks_ended);
  }
  for (uint32_t i = 0, n = lab_thread_count(); i < n; i++) {
    struct lab_thread *thread = lab_thread_at(i);
    if (thread != NULL) all.made += LAB_LOAD(&thread->tasks_made);
  }
  return all;
}

static uint64_t count_live(void) {
  uint64_t live = 0;
  uint32_t current = LAB_LOAD(&lab_task_session);
  for (uint32_t i = 0, n = lab_task_record_count(); i < n; i++) {
    struct lab_task *task = lab_task_record_at(i);
    uint64_t word = task == NULL ? 0 : LAB_LOAD(&task->word);
    live += lab_task_state(word) != LAB_TASK_IS_NONE && lab_task_session_of(word) == current;
  }
  return live;
}

void lab_task_counts_begin(void) { at_start = count_all(); }

lab_task_counts lab_tasks_counts(void) {
  lab_task_counts all = count_all();
  return (lab_task_counts){.made = all.made - at_start.made,
                           .met = all.met - at_start.met,
                           .ended = all.ended - at_start.ended,
                           .live = LAB_LOAD(&lab_task_session) == 0 ? 0 : count_live()};
}

// MARK: - Life

static lab_tasks_status start(bool from_start) {
  if (atomic_exchange(&held, true)) return LAB_TASKS_ALREADY_RUNNING;
  lab_tasks_status status = lab_tasks_follow(NULL, from_start);
  if (status != LAB_TASKS_OK) {
    LAB_RELEASE(&held, false);
    return status;
  }
  if (++last_session == 0) last_session = 1;
  atomic_store(&session, last_session);
  return LAB_TASKS_OK;
}

lab_tasks_status lab_tasks_start(void) { return start(false); }

const char *lab_tasks_reason(lab_tasks_status status) {
  switch (status) {
  case LAB_TASKS_OK: return NULL;
  case LAB_TASKS_ALREADY_RUNNING: return "tasks are followed already";
  case LAB_TASKS_SANITIZER:
    return "the program is built with a sanitizer, so the hooks that see tasks are compiled out";
  case LAB_TASKS_NO_CONCURRENCY:
    return "there is no library of Swift's concurrency whose calls can be seen: the program has none, or has it linked "
           "statically";
  case LAB_TASKS_UNKNOWN_LAYOUT: return "this Swift runtime lays out its tasks in a way the profiler does not know";
  case LAB_TASKS_NO_MEMORY: return "no memory";
  default: return "unknown error";
  }
}

void lab_tasks_stop(void) {
  if (lab_tasks_session() == 0) return;
  atomic_store(&session, 0);
  lab_tasks_unfollow(NULL);
  LAB_RELEASE(&held, false);
}

bool lab_tasks_are_followed(void) { return LAB_LOAD(&lab_task_session) != 0; }

uint32_t lab_tasks_session(void) { return LAB_LOAD(&session); }

int64_t lab_tasks_began_at(void) { return LAB_LOAD(&lab_tasks_followed_since); }

void lab_tasks_count_states(uint64_t counts[LAB_TASK_STATES]) {
  uint32_t now = LAB_LOAD(&lab_task_session);
  for (int state = 0; state < LAB_TASK_STATES; state++) counts[state] = 0;
  for (uint32_t i = 0, n = now == 0 ? 0 : lab_task_record_count(); i < n; i++) {
    const struct lab_task *task = lab_task_record_at(i);
    uint64_t word = task == NULL ? 0 : LAB_LOAD(&task->word);
    enum lab_task_state state = lab_task_state(word);
    if (state < LAB_TASK_STATES && lab_task_session_of(word) == now) counts[state]++;
  }
  counts[LAB_TASK_IS_NONE] = 0;
}

// MARK: - The environment

static char asked_view[32];

const char *lab_tasks_asked_view(void) { return asked_view; }

const char *lab_tasks_begin(long rate) {
  (void)rate;
  return lab_tasks_reason(start(true));
}

/// Before the environment is the program's again.
__attribute__((constructor(LAB_STARTS_TASKS))) static void read_view(void) {
  const char *view = getenv("LAB_TASK_VIEW");
  if (view != NULL && strlen(view) < sizeof asked_view) strcpy(asked_view, view);
}
#endif
