// Tells on stderr what takes long, so that nobody kills a program that writes its profile. A thread of its own, since
// whoever writes is busy. C because the C half waits for the Swift half to be loaded, too.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "environment/progress.h"
#include "base/atomics.h"
#include "base/clock.h"
#include "base/system_call.h"
#include "environment/stderr.h"
#include "lab_heap.h"
#include "threads/own_threads.h"
#include <stdio.h>

static _Atomic(const char *) step;
/// Written before the thread is made that reads it.
static const char *path;
static pthread_t teller;
static bool has_teller;
static _Atomic uint32_t is_done;

void lab_progress_at(const char *next) { atomic_store(&step, next); }

/// Sleeps until so many seconds after `began`; whether all is done by then.
static bool is_done_within(uint64_t began, unsigned seconds) {
  uint64_t end = began + seconds * 1000000000ull, now;
  while (!LAB_ACQUIRE(&is_done) && (now = lab_now()) < end) {
    struct timespec left = {(time_t)((end - now) / 1000000000), (long)((end - now) % 1000000000)};
    lab_futex_wait(&is_done, 0, &left);
  }
  return LAB_ACQUIRE(&is_done);
}

/// After 1, 2, 3, 5, 10, 20, 30, … seconds.
static void *tell(void *unused) {
  (void)unused;
  uint64_t began = lab_now();
  for (unsigned seconds = 1; !is_done_within(began, seconds);
       seconds += seconds < 3 ? 1 : seconds < 5 ? 2 : seconds < 10 ? 5 : 10) {
    char time[32];
    const char *doing = atomic_load(&step);
    snprintf(time, sizeof time, "%u s", seconds);
    lab_say("lab: writing ", path, ": ", doing ? doing : "loading the profiler", ", ", time, " so far", NULL);
  }
  return NULL;
}

void lab_progress_begin(const char *file) {
  path = file;
  atomic_store(&step, NULL);
  atomic_store(&is_done, 0);
  lab_heap_ignore_begin();
  has_teller = lab_thread_start_own(&teller, 256 << 10, tell, NULL) == 0;
  lab_heap_ignore_end();
}

void lab_progress_end(void) {
  if (!has_teller) return;
  has_teller = false;
  atomic_store(&is_done, 1);
  lab_futex_wake(&is_done, 1);
  lab_heap_ignore_begin();
  pthread_join(teller, NULL);
  lab_heap_ignore_end();
}
#endif
