// The thread that sees to it that there is room, and writes the tables that events refer to. It alone has the file's
// descriptor, in a table of descriptors of its own, so that the program sees nothing of it and cannot close it.
//
// C, because the room must be there before hooks need it. To start and to stop may call anything.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/clock.h"
#include "base/hidden.h"
#include "threads/own_threads.h"
#include "trace/trace.h"
#include <unistd.h>

LAB_HIDE_THIS_FILE

static const long interval = 100000000;
enum { STACK_BYTES = 256 << 10, MODULES_EVERY = 10 };

static pthread_t thread;
static bool is_there;
static _Atomic uint32_t word, is_ready;
static _Atomic int id;
static _Atomic bool ends;
/// What is kept; 0: everything.
static struct {
  uint64_t bytes, nanoseconds;
} window;

void lab_trace_keeper_wake(void) {
  if (atomic_exchange(&word, 1) == 0) lab_futex_wake(&word, 1);
}

/// What tasks are at, of a window: often enough that one such look is always in it, and seldom enough that most of it is
/// something else.
static void tell_living(void) {
  static uint64_t last_turns, last_time;
  enum { PART = 4 };
  uint64_t turns = lab_trace_file_turns(), now = lab_now();
  if (turns < last_turns) last_turns = last_time = 0;
  bool is_due = (turns - last_turns) * PART > window.bytes / LAB_TRACE_SLAB_BYTES ||
                (now - last_time) * PART > window.nanoseconds;
  if (window.bytes == 0 || !is_due) return;
  last_turns = turns;
  last_time = now;
  lab_trace_tell_living(window.bytes / PART / 2);
}

static void *keep(void *unused) {
  (void)unused;
  atomic_store(&id, lab_gettid());
  lab_trace_file_take();
  LAB_RELEASE(&is_ready, 1);
  lab_futex_wake(&is_ready, 1);
  for (unsigned round = 0; !atomic_load(&ends); round++) {
    lab_trace_file_grow();
    lab_trace_tables_write(round % MODULES_EVERY == 0);
    lab_trace_counters_sample(round);
    tell_living();
    lab_trace_triggers_serve();
    lab_futex_wait(&word, 0, &(struct timespec){0, interval});
    atomic_store(&word, 0);
  }
  lab_trace_file_grow();
  return NULL;
}

bool lab_trace_keeper_start(const lab_trace_request *request) {
  window.bytes = request->window;
  window.nanoseconds = request->window_nanoseconds;
  atomic_store(&ends, false);
  atomic_store(&is_ready, 0);
  is_there = lab_thread_start_own(&thread, STACK_BYTES, keep, NULL) == 0;
  while (is_there && LAB_ACQUIRE(&is_ready) == 0) lab_futex_wait(&is_ready, 0, NULL);
  if (is_there) lab_trace_file_share_no_more();
  return is_there;
}

void lab_trace_keeper_stop(void) {
  if (!is_there) return;
  is_there = false;
  atomic_store(&ends, true);
  lab_trace_keeper_wake();
  pthread_join(thread, NULL);
}

/// Whoever reports the crash stops all threads that are listed, and this one could not be.
void lab_trace_keeper_leave(void) {
  enum { TRIES = 200 };
  atomic_store(&ends, true);
  lab_trace_keeper_wake();
  // It may wait for a lock that nobody will give back.
  for (int i = 0; i < TRIES && lab_system_call(SYS_tgkill, getpid(), LAB_LOAD(&id), 0) == 0; i++) lab_sleep(1000000);
}

void lab_trace_keeper_forget(void) { is_there = false; }
#endif
