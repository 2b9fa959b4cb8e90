// Calls that let a thread wait, as its events: where they began and where they returned.
//
// Both are written when the call has returned, for only then is it known that it has waited, and the thread has done
// nothing meanwhile. C, because hooks call it. It calls the unwinder, the table of stacks and the writer.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/hidden.h"
#include "stacks/stacks.h"
#include "threads/blocked_calls.h"
#include "trace/trace.h"
#include "unwind/unwind.h"

LAB_HIDE_THIS_FILE

static enum lab_trace_reason reason_of(lab_wait_on on) {
  switch (on) {
  case LAB_WAIT_ON_MUTEX:
  case LAB_WAIT_ON_PTHREAD:
  case LAB_WAIT_ON_RWLOCK: return LAB_TRACE_AWAITS_LOCK;
  case LAB_WAIT_ON_QUEUE: return LAB_TRACE_AWAITS_QUEUE;
  case LAB_WAIT_ON_CONDITION: return LAB_TRACE_AWAITS_CONDITION;
  case LAB_WAIT_ON_SEMAPHORE: return LAB_TRACE_AWAITS_SEMAPHORE;
  case LAB_WAIT_ON_TIME: return LAB_TRACE_AWAITS_SLEEP;
  case LAB_WAIT_ON_THREAD:
  case LAB_WAIT_ON_PROCESS: return LAB_TRACE_AWAITS_JOIN;
  case LAB_WAIT_ON_POLL: return LAB_TRACE_AWAITS_POLL;
  case LAB_WAIT_ON_READ: return LAB_TRACE_AWAITS_READ;
  case LAB_WAIT_ON_WRITE: return LAB_TRACE_AWAITS_WRITE;
  default: return LAB_TRACE_AWAITS_OTHER;
  }
}

static void has_waited(lab_wait_on on, uint64_t began, const struct lab_registers *from) {
  uintptr_t pcs[LAB_WAIT_MOST_FRAMES - 1];
  uint64_t now, nanoseconds;
  lab_trace_read_clocks(&now, &nanoseconds);
  struct lab_walk walk = lab_walk_stack(*from, pcs, LAB_WAIT_MOST_FRAMES - 1, 0);
  uint32_t stack = lab_stack_intern(&lab_stacks, 0, pcs, (size_t)walk.depth);
  uint64_t waited = lab_trace_ticks_of(nanoseconds > began ? nanoseconds - began : 0), ticks = now - waited;
  // Threads without a task wait for work.
  if (lab_trace_is_over(LAB_TRACE_ON_WAIT, waited) && lab_self.task != NULL) lab_trace_raise(LAB_TRACE_ON_WAIT, waited);
  struct lab_trace_writer *writer = lab_trace_writer_here(ticks);
  if (writer == NULL) return;
  uint8_t *at = lab_trace_put_time(writer, LAB_TRACE_BLOCKS, ticks);
  *at++ = (uint8_t)reason_of(on);
  lab_trace_is_whole(writer, lab_trace_put(at, lab_trace_stack(stack)));
  if ((writer = lab_trace_writer_here(now)) == NULL) return;
  lab_trace_is_whole(writer, lab_trace_put_time(writer, LAB_TRACE_RETURNS, now));
}

bool lab_trace_blocked_begin(void) {
  if (!lab_stacks_open(&lab_stacks)) return false;
  atomic_store(&lab_blocked_calls, has_waited);
  return true;
}

void lab_trace_blocked_end(void) { atomic_store(&lab_blocked_calls, NULL); }
#endif
