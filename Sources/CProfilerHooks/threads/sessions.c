// C because no lock of Swift's survives a fork: the thread that held it may not be in the child.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "lab_sessions.h"
#include "base/lock.h"
#include "base/start_order.h"
#include <pthread.h>

static struct lab_lock lock;

void lab_sessions_lock(void) { lab_lock(&lock); }
void lab_sessions_unlock(void) { lab_unlock(&lock); }

// MARK: - Fork

// Longer than any session takes to begin.
static const uint64_t patience = 1000000000;
static _Thread_local bool has_lock __attribute__((tls_model("initial-exec")));

// Not for ever: who forks while a library is being loaded may be what a session waits for.
static void before_fork(void) { has_lock = lab_lock_within(&lock, patience); }

static void after_fork_in_parent(void) {
  if (has_lock) lab_unlock(&lock);
}

static void after_fork_in_child(void) { lab_lock_reset(&lock); }

__attribute__((constructor(LAB_STARTS_SESSIONS))) static void prepare_sessions(void) {
  pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
}
#endif
