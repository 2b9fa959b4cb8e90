// C because no lock of Swift's survives a fork: the thread that held it may not be in the child.
#include "include/lab_sessions.h"
#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void lab_sessions_lock(void) { pthread_mutex_lock(&lock); }
void lab_sessions_unlock(void) { pthread_mutex_unlock(&lock); }

// Taken before the locks of the sampler and its threads, as whoever starts a session takes them: handlers of fork run in
// the opposite order of their registration.
__attribute__((constructor(110))) static void prepare_sessions(void) {
  pthread_atfork(lab_sessions_lock, lab_sessions_unlock, lab_sessions_unlock);
}
