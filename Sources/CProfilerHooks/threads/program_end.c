// The last thread ends a process, not the main one: whoever of ours stays looks now and then whether it is alone. C because
// it is asked where the program may have ended past the C library. Asks the kernel only.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "threads/program_end.h"
#include "base/system_call.h"
#include "threads/births.h"
#include "threads/kernel_threads.h"
#include "threads/own_threads.h"
#include <unistd.h>

static _Atomic bool last_has_ended;

/// How many threads the program has. A main thread that has ended is listed until the last one does.
static void count(int tid, void *threads) {
  bool has_ended = tid == getpid() && lab_main_thread_status() >= 0;
  if (!has_ended && !lab_thread_is_own(tid)) ++*(int *)threads;
}

bool lab_program_last_has_ended(void) { return LAB_LOAD(&last_has_ended); }

bool lab_program_is_over(void) {
  int threads = 0;
  if (lab_threads_main_surely_runs()) return false;
  if (!LAB_LOAD(&last_has_ended) && lab_main_thread_status() < 0) return false;
  return lab_each_kernel_thread(count, &threads) == 0 && threads == 0;
}

int lab_program_status(void) { return lab_threads_main_has_ended() ? -1 : lab_main_thread_status(); }

void lab_program_leave(void) {
  int status = lab_program_status();
  if (status >= 0) lab_system_call(SYS_exit, status);
}

void lab_program_last_ends(void) { atomic_store(&last_has_ended, true); }
#endif
