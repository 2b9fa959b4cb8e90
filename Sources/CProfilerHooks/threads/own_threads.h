// The program's threads, as the profiler sees them.
#pragma once
#include <pthread.h>
#pragma GCC visibility push(hidden)

/// Starts a thread of the profiler's own: never sampled, all signals but SIGPROF blocked, small stack. 0 or an errno.
int lab_thread_start_own(pthread_t *thread, void *(*body)(void *), void *argument);

/// Whether `tid` is one of those.
int lab_thread_is_own(int tid);

#pragma GCC visibility pop
