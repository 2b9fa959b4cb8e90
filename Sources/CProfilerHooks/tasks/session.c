// Starts and stops the table of tasks.
//
// C, because it shares its state with the hooks. Start and stop may call anything.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/clock.h"
#include "base/losses.h"
#include "base/start_order.h"
#include "hooks/hooks.h"
#include "lab_unwind.h"
#include "tasks/clock.h"
#include "tasks/creation.h"
#include "tasks/seams.h"
#include "tasks/task.h"
#include <stdlib.h>
#include <string.h>

_Atomic uint64_t lab_task_met, lab_task_made_elsewhere, lab_task_ended_elsewhere;
_Atomic(struct lab_transition_listener *) lab_transition_listeners;

/// 1 while a session runs or is being started or stopped.
static _Atomic bool held;
static _Atomic int64_t began_at;
static uint32_t last_session;
static lab_task_counts at_start;
struct lab_task_clock lab_task_clock;

void lab_transitions_listen(struct lab_transition_listener *listener) {
  listener->next = LAB_LOAD(&lab_transition_listeners);
  while (!atomic_compare_exchange_weak(&lab_transition_listeners, &listener->next, listener)) continue;
}

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
  uint32_t session = LAB_LOAD(&lab_task_session);
  for (uint32_t i = 0, n = lab_task_record_count(); i < n; i++) {
    struct lab_task *task = lab_task_record_at(i);
    uint64_t word = task == NULL ? 0 : LAB_LOAD(&task->word);
    live += lab_task_state(word) != LAB_TASK_IS_NONE && lab_task_session_of(word) == session;
  }
  return live;
}

lab_task_counts lab_tasks_counts(void) {
  lab_task_counts all = count_all();
  return (lab_task_counts){.made = all.made - at_start.made,
                           .met = all.met - at_start.met,
                           .ended = all.ended - at_start.ended,
                           .live = lab_tasks_session() == 0 ? 0 : count_live()};
}

static lab_tasks_status start(uint64_t first) {
  if (!LAB_INTERPOSES) return LAB_TASKS_SANITIZER;
  if (atomic_exchange(&held, true)) return LAB_TASKS_ALREADY_RUNNING;
  lab_tasks_status status = lab_task_seams_find();
  if (status == LAB_TASKS_OK && !(lab_task_table_open() && lab_creation_open())) status = LAB_TASKS_NO_MEMORY;
  if (status != LAB_TASKS_OK) {
    LAB_RELEASE(&held, false);
    return status;
  }
  lab_unwind_prepare();
  lab_losses_forget("task");
  lab_task_table_sweep(last_session);
  last_session = last_session % UINT16_MAX + 1;
  at_start = count_all();
  lab_task_clock = (struct lab_task_clock){lab_ticks(), lab_now()};
  LAB_STORE(&began_at, (int64_t)lab_nanoseconds(CLOCK_REALTIME));
  atomic_store(&lab_task_session, last_session);
  lab_task_seams_switch(true, first);
  return LAB_TASKS_OK;
}

lab_tasks_status lab_tasks_start(void) { return start(0); }

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
  lab_task_seams_switch(false, 0);
  atomic_store(&lab_task_session, 0);
  LAB_RELEASE(&held, false);
}

uint32_t lab_tasks_session(void) { return LAB_LOAD(&lab_task_session); }

int64_t lab_tasks_began_at(void) { return LAB_LOAD(&began_at); }

// MARK: - The environment

static char asked_view[32];

const char *lab_tasks_asked_view(void) { return asked_view; }

/// No task is older than the program, but for those of whoever was forked.
const char *lab_tasks_begin(long rate) {
  (void)rate;
  static bool has_begun;
  lab_tasks_status status = start(has_begun ? 0 : 1);
  has_begun = true;
  return lab_tasks_reason(status);
}

/// Before the environment is the program's again.
__attribute__((constructor(LAB_STARTS_TASKS))) static void read_view(void) {
  const char *view = getenv("LAB_TASK_VIEW");
  if (view != NULL && strlen(view) < sizeof asked_view) strcpy(asked_view, view);
}
#endif
