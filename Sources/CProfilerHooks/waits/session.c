// Starts and stops a recording of waits.
//
// C, because it shares its state with the hooks. Start and stop may call anything.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "waits/session.h"
#include "base/losses.h"
#include "lab_unwind.h"

lab_waits_status lab_waits_start(struct lab_waits_session *session, uint64_t rate, bool from_start) {
  if (!LAB_INTERPOSES) return LAB_WAITS_SANITIZER;
  if (atomic_exchange(&session->held, true)) return LAB_WAITS_ALREADY_RUNNING;
  if (!lab_wait_buckets_open() || !lab_locks_open()) {
    LAB_RELEASE(&session->held, false);
    return LAB_WAITS_NO_MEMORY;
  }
  lab_unwind_prepare();
  lab_losses_forget(session->kind);
  session->forget();
  LAB_STORE(&session->rate, rate < 1 ? 1 : rate);
  if (++session->last == 0) session->last = 1;
  atomic_store(session->active, session->last);
  lab_hooks_switch(session->engine, true);
  session->follows_tasks = lab_task_waits_begin(from_start);
  return LAB_WAITS_OK;
}

void lab_waits_stop(struct lab_waits_session *session) {
  if (LAB_LOAD(session->active) == 0) return;
  atomic_store(session->active, 0);
  lab_hooks_switch(session->engine, false);
  if (session->follows_tasks) lab_task_waits_end();
  LAB_RELEASE(&session->held, false);
}

const char *lab_waits_begin(struct lab_waits_session *session, long rate) {
  switch (lab_waits_start(session, (uint64_t)rate, true)) {
  case LAB_WAITS_OK: return NULL;
  case LAB_WAITS_ALREADY_RUNNING: return "these waits are recorded already";
  case LAB_WAITS_SANITIZER: return "the program is built with a sanitizer, so the hooks at waits are compiled out";
  case LAB_WAITS_NO_MEMORY: return "no memory";
  default: return "unknown error";
  }
}
#endif
