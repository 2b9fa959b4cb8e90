// Threads of the profiler's own. C because the sampler's is one. Not async-signal-safe, except where said.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "threads/own_threads.h"
#include "base/system_call.h"
#include "hooks/hooks.h"
#include "threads/kernel_threads.h"
#include "threads/signal_sharing.h"
#include "threads/thread.h"

LAB_HIDE_THIS_FILE

enum { OWN = 16 };
static _Atomic int own[OWN];

struct own_thread {
  void *(*body)(void *);
  void *argument;
  _Atomic bool is_registered;
};

static void *run_own(void *argument) {
  struct own_thread *thread = argument;
  void *(*body)(void *) = thread->body;
  void *body_argument = thread->argument;
  int me = lab_gettid(), slot = 0;
  lab_self.is_own = true;
  for (int none = 0; slot < OWN && !atomic_compare_exchange_strong(&own[slot], &none, me); none = 0) slot++;
  atomic_store(&thread->is_registered, true);
  void *result = body(body_argument);
  if (slot < OWN) atomic_store(&own[slot], 0);
  return result;
}

bool lab_thread_is_own(int tid) {
  for (int i = 0; i < OWN; i++)
    if (LAB_LOAD(&own[i]) == tid) return true;
  return false;
}

int lab_thread_start_own(pthread_t *thread, size_t stack_bytes, void *(*body)(void *), void *argument) {
  struct own_thread start = {body, argument, false};
  pthread_attr_t attributes;
  sigset_t all, before;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, stack_bytes);
  sigfillset(&all);
  // Whoever stops all threads when a program crashes, as Swift's runtime does, needs a signal that is not blocked. But
  // where our handler does not stand, what is sent to the program would end it by way of this thread.
  if (lab_signal_is_held()) sigdelset(&all, SIGPROF);
  lab_real.pthread_sigmask(SIG_SETMASK, &all, &before);
  int error = lab_real.pthread_create(thread, &attributes, run_own, &start);
  lab_real.pthread_sigmask(SIG_SETMASK, &before, NULL);
  pthread_attr_destroy(&attributes);
  while (!error && !atomic_load(&start.is_registered)) lab_yield();
  return error;
}

static void see(int tid, void *context) {
  lab_threads_sight *sight = context;
  if (lab_thread_is_own(tid)) return;
  sight->count++;
  sight->cpu_nanoseconds += lab_thread_cpu_time(tid);
  sight->is_runnable = sight->is_runnable || lab_thread_is_runnable(tid);
}

int lab_threads_look(lab_threads_sight *out) {
  *out = (lab_threads_sight){0};
  return lab_each_kernel_thread(see, out);
}

enum { DETACHED_STACK = 8 << 20 }; // Swift's, which may name a whole profile on it

int lab_thread_detach_own(void *(*body)(void *), void *argument) {
  pthread_t thread;
  // It stays: Swift's crash handler, which stops all threads, waits in vain for one that blocks its signals.
  lab_signal_install();
  int error = lab_thread_start_own(&thread, DETACHED_STACK, body, argument);
  return error ? error : pthread_detach(thread);
}

void lab_own_threads_forget(void) {
  for (int i = 0; i < OWN; i++) atomic_store(&own[i], 0);
}
#endif
