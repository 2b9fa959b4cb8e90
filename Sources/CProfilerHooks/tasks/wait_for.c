// The kind `waitfor`: all it needs before somebody asks is that tasks are followed.
//
// C, because the environment begins it before anything of the program runs.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "tasks/task.h"

static _Atomic bool follows;

static lab_tasks_status start(bool from_start) {
  if (atomic_exchange(&follows, true)) return LAB_TASKS_OK;
  lab_tasks_status status = lab_tasks_follow(NULL, from_start);
  if (status != LAB_TASKS_OK) atomic_store(&follows, false);
  return status;
}

void lab_waitfor_start(bool from_start) { start(from_start); }

void lab_waitfor_stop(void) {
  if (atomic_exchange(&follows, false)) lab_tasks_unfollow(NULL);
}

/// Threads wait in any program.
const char *lab_waitfor_begin(long rate) {
  (void)rate;
  lab_tasks_status status = start(true);
  return status == LAB_TASKS_NO_MEMORY ? lab_tasks_reason(status) : NULL;
}
#endif
