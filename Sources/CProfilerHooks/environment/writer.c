// The thread that writes profiles for threads that cannot: one that calls `_exit` in a handler may own the heap's lock,
// one that was hit by a signal any lock there is. It sleeps until it is asked.
//
// As it must not outlive the program, it looks now and then whether the program's last thread has ended past the C
// library. C because it is asked in signal handlers.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "environment/writer.h"
#include "base/clock.h"
#include "base/start_order.h"
#include "base/system_call.h"
#include "environment/control.h"
#include "environment/kept_file.h"
#include "environment/sessions.h"
#include "environment/signals.h"
#include "lab_heap.h"
#include "threads/births.h"
#include "threads/kernel_threads.h"
#include "threads/own_threads.h"
#include "threads/program_end.h"
#include "threads/signal_sharing.h"
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

/// Naming is done on it.
enum { STACK_BYTES = 2 << 20 };

/// By request, how many were made and how many answered; and what changes with each, for whoever waits for it.
static _Atomic uint32_t asked[LAB_REQUESTS], answered[LAB_REQUESTS], bell, answers;
static _Atomic(const char *) occasions[LAB_REQUESTS];
/// The thread's id while it serves; 0: there is none. And the id of the last there was.
static _Atomic int writer, last_writer;
/// When it writes by itself, by `lab_now`; 0: never.
static uint64_t deadline;
static char after[64];
static _Atomic bool ends_recording;

// MARK: - Asking

bool lab_writer_is_there(void) { return LAB_LOAD(&writer) != 0; }
bool lab_writer_ends_recording(void) { return LAB_LOAD(&ends_recording); }

/// The thread looks at `bell` before it looks at what is asked, and sleeps on what it saw; here they change the other way
/// round. So it is with `answered` and `answers`. What is asked, or done, is seen by whoever acquires the number.
void lab_writer_ask(enum lab_request request, const char *occasion) {
  atomic_store(&occasions[request], occasion);
  atomic_fetch_add(&asked[request], 1);
  atomic_fetch_add(&bell, 1);
  lab_futex_wake(&bell, 1);
}

struct lab_waiting lab_waiting_begin(void) {
  int tid = LAB_LOAD(&writer);
  return (struct lab_waiting){lab_now(), lab_thread_run_delay(tid), lab_thread_cpu_time(tid)};
}

/// What the thread waits for a processor does not count; but ten times the patience is the end.
bool lab_waiting_goes_on(struct lab_waiting *waiting, uint64_t patience) {
  int tid = LAB_LOAD(&writer);
  uint64_t passed = lab_now() - waiting->began, delay = lab_thread_run_delay(tid) - waiting->delay;
  // While it waits the kernel has not counted that yet.
  uint64_t cpu_time = lab_thread_cpu_time(tid);
  bool waits = tid != lab_gettid() && cpu_time == waiting->cpu_time && lab_thread_is_runnable(tid);
  waiting->cpu_time = cpu_time;
  return (passed - (delay < passed ? delay : passed) < patience || waits) && passed < 10 * patience;
}

static bool await_answer(enum lab_request request, uint64_t patience) {
  uint32_t wanted = LAB_LOAD(&asked[request]);
  uint64_t began = lab_now();
  struct lab_waiting waiting = {0};
  for (;;) {
    uint32_t seen = LAB_ACQUIRE(&answers);
    if ((int32_t)(LAB_ACQUIRE(&answered[request]) - wanted) >= 0) return true;
    if (LAB_LOAD(&writer) == 0) return false;
    // First without a look at files, which a program that confined itself may not open.
    if (patience != LAB_FOR_EVER && lab_now() - began > patience / 5) {
      if (waiting.began == 0) waiting = lab_waiting_begin();
      if (!lab_waiting_goes_on(&waiting, patience - patience / 5)) return false;
    }
    lab_futex_wait(&answers, seen, &(struct timespec){0, 10000000});
  }
}

bool lab_writer_do(enum lab_request request, const char *occasion, uint64_t patience) {
  if (LAB_LOAD(&writer) == 0 || LAB_LOAD(&writer) == lab_gettid()) return false;
  lab_writer_ask(request, occasion);
  lab_thread_rests(true);
  bool is_answered = await_answer(request, patience);
  lab_thread_rests(false);
  return is_answered;
}

void lab_writer_await_end(void) {
  int tid = LAB_LOAD(&last_writer);
  for (int tries = 0; tid != 0 && tries < 500 && lab_system_call(SYS_tgkill, getpid(), tid, 0) == 0; tries++)
    lab_sleep(200000);
}

// MARK: - The program's last thread

static void last_ends(void) {
  lab_program_last_ends();
  atomic_fetch_add(&bell, 1);
  lab_futex_wake(&bell, 1);
}

// MARK: - Answering

static void answer(enum lab_request request) {
  const char *occasion = atomic_load(&occasions[request]);
  switch (request) {
  case LAB_ASK_CRASH: lab_sessions_write(LAB_WRITES_CRASH, occasion); break;
  case LAB_ASK_LEAVE: lab_descriptors_make_room(), lab_sessions_write(LAB_WRITES_END, occasion); break;
  case LAB_ASK_SIGNAL: lab_descriptors_make_room(), lab_signal_end_process(); break;
  case LAB_ASK_ROOT: lab_system_call(SYS_unshare, CLONE_FS); break;
  case LAB_ASK_LOSS: lab_sessions_before_loss(); break;
  case LAB_ASK_EXEC: case LAB_ASK_DAEMON: case LAB_ASK_LOOK: lab_sessions_write(LAB_WRITES_LOOK, occasion); break;
  case LAB_REQUESTS: break;
  }
}

/// Whether the thread goes on.
static bool answer_all(void) {
  bool goes_on = true;
  for (enum lab_request request = 0; request < LAB_REQUESTS; request++) {
    uint32_t wanted = LAB_ACQUIRE(&asked[request]);
    if (wanted == LAB_LOAD(&answered[request])) continue;
    answer(request);
    LAB_RELEASE(&answered[request], wanted);
    atomic_fetch_add(&answers, 1);
    lab_futex_wake(&answers, INT_MAX);
    // Whoever looks at the program's threads after a crash finds those that it made.
    if (request == LAB_ASK_CRASH) goes_on = false;
  }
  return goes_on;
}

static void doze(uint32_t seen) {
  // A thread that has said that it ends is gone in a moment.
  uint64_t limit = lab_program_last_has_ended() ? 2000000 : 100000000, now = lab_now();
  if (deadline != 0) limit = deadline <= now ? 0 : deadline - now < limit ? deadline - now : limit;
  lab_futex_wait(&bell, seen, &(struct timespec){0, (long)limit});
}

/// What is read here and not atomic was written before the thread was made.
static void *serve(void *unused) {
  (void)unused;
  bool goes_on = true, is_over = false;
  // It outlives what is sampled: later SIGPROF may be the program's. Nobody has to stop it, for it ends after a crash.
  lab_signal_block(true);
  atomic_store(&last_writer, lab_gettid());
  atomic_store(&writer, lab_gettid());
  while (goes_on && !is_over) {
    uint32_t seen = LAB_ACQUIRE(&bell);
    goes_on = answer_all();
    if (!goes_on) break;
    if (deadline != 0 && lab_now() >= deadline) {
      atomic_store(&ends_recording, true);
      lab_sessions_write(LAB_WRITES_END, after);
      lab_signals_leave();
      lab_sessions_close();
      break;
    }
    if (!(is_over = lab_program_is_over())) doze(seen);
  }
  // Whoever is the last of all threads calls `exit`, or its status is the process': that shall be this one.
  if (is_over) lab_control_end(), lab_control_await_end();
  // Ended by a bare system call: of that `exit` knows nothing. The kernel takes the status of whichever thread ends
  // last; where it was the C library that ended the last one, it calls `exit` when this one ends.
  if (is_over && lab_program_status() >= 0) {
    lab_descriptors_make_room();
    lab_sessions_write(LAB_WRITES_END, NULL);
    lab_program_leave();
  }
  atomic_store(&writer, 0);
  return NULL;
}

bool lab_writer_start(uint64_t duration) {
  pthread_t thread;
  deadline = duration ? lab_now() + duration : 0;
  snprintf(after, sizeof after, "after %g s; the program runs on", (double)duration * 1e-9);
  // What libc allocates for it is not the program's.
  lab_heap_ignore_begin();
  bool is_there = lab_thread_start_own(&thread, STACK_BYTES, serve, NULL) == 0;
  lab_heap_ignore_end();
  if (!is_there) return false;
  pthread_detach(thread);
  while (LAB_LOAD(&writer) == 0) lab_yield();
  return true;
}

void lab_writer_forget(void) {
  atomic_store(&ends_recording, false);
  atomic_store(&writer, 0);
  atomic_store(&last_writer, 0);
  for (int request = 0; request < LAB_REQUESTS; request++) atomic_store(&answered[request], LAB_LOAD(&asked[request]));
}

static struct lab_thread_watcher watcher = {.last_ends = last_ends};

__attribute__((constructor(LAB_STARTS_THREADS))) static void prepare_writer(void) { lab_threads_watch(&watcher); }
#endif
