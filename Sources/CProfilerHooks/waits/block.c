// Starts and stops the recording of waits.
//
// C, because it shares its state with the hooks. Start and stop may call anything.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/losses.h"
#include "hooks/hooks.h"
#include "lab_unwind.h"
#include "waits/waits.h"

static _Atomic uint64_t rate = 1;
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
  lab_losses_forget("block");
  lab_wait_buckets_clear(LAB_WAIT_BLOCKED);
  LAB_STORE(&rate, wanted < 1 ? 1 : wanted);
  if (++last_session == 0) last_session = 1;
  atomic_store(&lab_block_active, last_session);
  lab_hooks_switch(LAB_ENGINE(block), true);
  follows_tasks = lab_task_waits_begin(from_start);
  return LAB_WAITS_OK;
}

lab_waits_status lab_block_start(uint64_t wanted) { return start(wanted, false); }

void lab_block_stop(void) {
  if (lab_block_session() == 0) return;
  atomic_store(&lab_block_active, 0);
  lab_hooks_switch(LAB_ENGINE(block), false);
  if (follows_tasks) lab_task_waits_end();
  LAB_RELEASE(&held, false);
}

uint32_t lab_block_session(void) { return LAB_LOAD(&lab_block_active); }
uint64_t lab_block_rate(void) { return LAB_LOAD(&rate); }

const char *lab_block_begin(long nanoseconds) {
  switch (start((uint64_t)nanoseconds, true)) {
  case LAB_WAITS_OK: return NULL;
  case LAB_WAITS_ALREADY_RUNNING: return "waits are recorded already";
  case LAB_WAITS_SANITIZER: return "the program is built with a sanitizer, so the hooks at waits are compiled out";
  case LAB_WAITS_NO_MEMORY: return "no memory";
  default: return "unknown error";
  }
}
#endif
