// A stack that an ended thread has left still holds its words, and would keep alive what they are addresses of, where
// functions of the thread that gets it leave parts of their frames unfilled. So it is cleared. C because a thread
// begins with it.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/start_order.h"
#include "lab_heap.h"
#include "lab_leaks.h"
#include "threads/births.h"

enum { LEAST_BYTES = 64 << 10 };

/// Leaves no frame: right below that of the thread's first function all is cleared. With a frame here, in which the
/// thread's outermost frames come to lie later, scans beside a CPU profile found less now and then.
static void clear_new_stack(void) {
  uintptr_t here = (uintptr_t)__builtin_frame_address(0);
  if (!lab_heap_clears_fresh() || here - lab_self.stack_lo <= LEAST_BYTES) return;
  __attribute__((musttail)) return lab_leaks_clear_stack();
}

static struct lab_thread_watcher watcher = {.clears = clear_new_stack};

__attribute__((constructor(LAB_STARTS_TIMERS))) static void prepare_new_stacks(void) { lab_threads_watch(&watcher); }
#endif
