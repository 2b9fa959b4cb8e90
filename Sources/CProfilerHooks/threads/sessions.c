// C because no lock of Swift's survives a fork: the thread that held it may not be in the child.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "lab_sessions.h"
#include "base/lock.h"
#include "base/start_order.h"
#include <pthread.h>

enum { SESSIONS, CUSTOM, LOCKS };
static struct lab_lock locks[LOCKS];

void lab_sessions_lock(void) { lab_lock(&locks[SESSIONS]); }
void lab_sessions_unlock(void) { lab_unlock(&locks[SESSIONS]); }

void lab_custom_lock(void) { lab_lock(&locks[CUSTOM]); }
void lab_custom_unlock(void) { lab_unlock(&locks[CUSTOM]); }

// MARK: - Fork

// Longer than any session takes to begin.
static const uint64_t patience = 1000000000;
static _Thread_local bool has[LOCKS] __attribute__((tls_model("initial-exec")));

// Not for ever: who forks while a library is being loaded may be what a session waits for.
static void before_fork(void) {
  for (int i = 0; i < LOCKS; i++) has[i] = lab_lock_within(&locks[i], patience);
}

static void after_fork_in_parent(void) {
  for (int i = 0; i < LOCKS; i++)
    if (has[i]) lab_unlock(&locks[i]);
}

static void after_fork_in_child(void) {
  for (int i = 0; i < LOCKS; i++) lab_lock_reset(&locks[i]);
}

__attribute__((constructor(LAB_STARTS_SESSIONS))) static void prepare_sessions(void) {
  pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
}
#endif
