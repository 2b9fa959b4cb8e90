// Threads of the profiler's own.
#pragma once
#include "lab_threads.h"
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#pragma GCC visibility push(hidden)

/// Starts a thread of the profiler's own: never sampled, all signals blocked but SIGPROF, where that is ours. 0 or an
/// errno.
int lab_thread_start_own(pthread_t *thread, size_t stack_bytes, void *(*body)(void *), void *argument);

/// Whether `tid` is one of those. Async-signal-safe.
bool lab_thread_is_own(int tid);

/// In the child of a fork: there is none.
void lab_own_threads_forget(void);

#pragma GCC visibility pop
