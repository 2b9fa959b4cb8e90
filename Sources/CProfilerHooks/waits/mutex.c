// Starts and stops the recording of contention.
//
// C, because it shares its state with the hooks. Start and stop may call anything.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/clock.h"
#include "base/losses.h"
#include "base/start_order.h"
#include "hooks/hooks.h"
#include "lab_unwind.h"
#include "waits/waits.h"
#include <stdlib.h>
#include <string.h>

static _Atomic uint64_t fraction = 1;
/// 1 while a session runs or is being started or stopped.
static _Atomic bool held;
static uint32_t last_session;
static bool follows_tasks;

static lab_waits_status start(uint64_t wanted, bool from_start) {
  if (!LAB_INTERPOSES) return LAB_WAITS_SANITIZER;
  if (atomic_exchange(&held, true)) return LAB_WAITS_ALREADY_RUNNING;
  if (!lab_wait_buckets_open() || !lab_locks_open()) {
    LAB_RELEASE(&held, false);
    return LAB_WAITS_NO_MEMORY;
  }
  lab_unwind_prepare();
  lab_losses_forget("mutex");
  lab_wakeups_forget();
  lab_wait_buckets_clear(LAB_WAIT_BY_HOLDER);
  lab_wait_buckets_clear(LAB_WAIT_BY_WAITER);
  LAB_STORE(&fraction, wanted < 1 ? 1 : wanted);
  if (++last_session == 0) last_session = 1;
  lab_locks_begin();
  atomic_store(&lab_mutex_active, last_session);
  lab_hooks_switch(LAB_ENGINE(mutex), true);
  follows_tasks = lab_task_waits_begin(from_start);
  return LAB_WAITS_OK;
}

lab_waits_status lab_mutex_start(uint64_t wanted) { return start(wanted, false); }

void lab_mutex_stop(void) {
  if (lab_mutex_session() == 0) return;
  atomic_store(&lab_mutex_active, 0);
  lab_hooks_switch(LAB_ENGINE(mutex), false);
  if (follows_tasks) lab_task_waits_end();
  LAB_RELEASE(&held, false);
}

uint32_t lab_mutex_session(void) { return LAB_LOAD(&lab_mutex_active); }
uint64_t lab_mutex_fraction(void) { return LAB_LOAD(&fraction); }

// MARK: - The environment

static char asked_view[32];

const char *lab_mutex_asked_view(void) { return asked_view; }

const char *lab_mutex_begin(long rate) {
  switch (start((uint64_t)rate, true)) {
  case LAB_WAITS_OK: return NULL;
  case LAB_WAITS_ALREADY_RUNNING: return "contention is recorded already";
  case LAB_WAITS_SANITIZER: return "the program is built with a sanitizer, so the hooks at locks are compiled out";
  case LAB_WAITS_NO_MEMORY: return "no memory";
  default: return "unknown error";
  }
}

/// Before the environment is the program's again.
__attribute__((constructor(LAB_STARTS_WAITS))) static void read_view(void) {
  const char *view = getenv("LAB_MUTEX_VIEW");
  if (view != NULL && strlen(view) < sizeof asked_view) strcpy(asked_view, view);
}
#endif
