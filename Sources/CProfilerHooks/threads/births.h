// Threads from birth to end.
#pragma once
#include "threads/thread.h"
#include <pthread.h>
#pragma GCC visibility push(hidden)

/// What an engine does when a thread is made, and when one begins and when it ends, on that thread. `thread` is live at
/// either; at its end SIGPROF is blocked for good, and `blocked` says whether it was before. Null: nothing. Registered
/// before the program begins.
struct lab_thread_watcher {
  /// Called on the thread that makes another, before, for the new one may be gone when its maker goes on; and again if
  /// the system made none. `made` is the part of the new one, which the second call must leave as it is.
  void (*makes)(struct lab_thread *made);
  void (*refuses)(struct lab_thread *made);
  void (*begins)(struct lab_thread *thread);
  /// Called when all have begun, straight from the thread's first function: what is below it on the stack is over.
  void (*clears)(void);
  void (*ends)(struct lab_thread *thread, bool blocked);
  /// When the program's last thread ends after its main one.
  void (*last_ends)(void);
  struct lab_thread_watcher *next;
};
void lab_threads_watch(struct lab_thread_watcher *watcher);

/// How many threads have come from `pthread_create`, or are the main one, and have not ended.
int lab_threads_living(void);
/// Whether the main thread has called `pthread_exit`: it is listed until the last thread ends.
bool lab_threads_main_has_ended(void);
/// Whether it runs, in whatever way it may end. Asks nobody; false, too, where the kernel does not tell.
/// Async-signal-safe.
bool lab_threads_main_surely_runs(void);

#pragma GCC visibility pop
