// C because no lock of Swift's survives a fork: the thread that held it may not be in the child.
#include "lab_sessions.h"
#include <pthread.h>
#include <stdbool.h>
#include <time.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void lab_sessions_lock(void) { pthread_mutex_lock(&lock); }
void lab_sessions_unlock(void) { pthread_mutex_unlock(&lock); }

// MARK: - Fork

// Longer than any session takes to begin.
enum { PATIENCE_SECONDS = 1 };
static _Thread_local bool has_lock __attribute__((tls_model("initial-exec")));

static void before_fork(void) {
  struct timespec until;
  clock_gettime(CLOCK_MONOTONIC, &until);
  until.tv_sec += PATIENCE_SECONDS;
  // Not for ever: who forks while a library is being loaded may be what a session waits for.
  has_lock = pthread_mutex_clocklock(&lock, CLOCK_MONOTONIC, &until) == 0;
}

static void after_fork_in_parent(void) {
  if (has_lock) pthread_mutex_unlock(&lock);
}

static void after_fork_in_child(void) { pthread_mutex_init(&lock, NULL); }

// Taken before the locks of the sampler and its threads, as whoever starts a session takes them: handlers of fork run in
// the opposite order of their registration.
__attribute__((constructor(110))) static void prepare_sessions(void) {
  pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
}
