#include "LockCalls.h"
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t mutex;

static void nap(long milliseconds) {
  struct timespec left = {milliseconds / 1000, milliseconds % 1000 * 1000000};
  while (nanosleep(&left, &left) != 0 && errno == EINTR) continue;
}

static void make(int type, int robust, int protocol) {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_settype(&attributes, type);
  pthread_mutexattr_setrobust(&attributes, robust);
  pthread_mutexattr_setprotocol(&attributes, protocol);
  pthread_mutex_init(&mutex, &attributes);
  pthread_mutexattr_destroy(&attributes);
}

static void make_normal(void) { make(PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_STALLED, PTHREAD_PRIO_NONE); }

static struct timespec in_milliseconds(long milliseconds) {
  struct timespec then;
  clock_gettime(CLOCK_REALTIME, &then);
  long nanoseconds = then.tv_nsec + milliseconds * 1000000;
  return (struct timespec){then.tv_sec + nanoseconds / 1000000000, nanoseconds % 1000000000};
}

static void *take_turn(void *result) {
  *(int *)result = pthread_mutex_lock(&mutex);
  nap(2);
  pthread_mutex_unlock(&mutex);
  return NULL;
}

/// Another thread waits for the mutex while this one has it; what that thread's lock returned.
static int contend(void (*meanwhile)(void)) {
  pthread_t other;
  int result = -1;
  pthread_mutex_lock(&mutex);
  pthread_create(&other, NULL, take_turn, &result);
  nap(10);
  if (meanwhile != NULL) meanwhile();
  pthread_mutex_unlock(&mutex);
  pthread_join(other, NULL);
  return result;
}

static void lock_again(void) {
  pthread_mutex_lock(&mutex);
  pthread_mutex_unlock(&mutex);
}

int lock_recursive(void) {
  make(PTHREAD_MUTEX_RECURSIVE, PTHREAD_MUTEX_STALLED, PTHREAD_PRIO_NONE);
  return contend(lock_again) == 0 && pthread_mutex_destroy(&mutex) == 0;
}

int lock_error_checking(void) {
  make(PTHREAD_MUTEX_ERRORCHECK, PTHREAD_MUTEX_STALLED, PTHREAD_PRIO_NONE);
  int unowned = pthread_mutex_unlock(&mutex);
  pthread_mutex_lock(&mutex);
  int again = pthread_mutex_lock(&mutex);
  pthread_mutex_unlock(&mutex);
  return unowned == EPERM && again == EDEADLK && contend(NULL) == 0;
}

static _Atomic int owned;

static void *lock_and_end(void *unused) {
  pthread_mutex_lock(&mutex);
  owned = 1;
  nap(10);
  return unused;
}

int lock_robust(void) {
  make(PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_ROBUST, PTHREAD_PRIO_NONE);
  pthread_t owner;
  owned = 0;
  pthread_create(&owner, NULL, lock_and_end, NULL);
  while (!owned) nap(1);
  int dead = pthread_mutex_lock(&mutex);
  pthread_join(owner, NULL);
  int mended = pthread_mutex_consistent(&mutex);
  pthread_mutex_unlock(&mutex);
  return dead == EOWNERDEAD && mended == 0 && contend(NULL) == 0;
}

int lock_priority_inheriting(void) {
  make(PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_STALLED, PTHREAD_PRIO_INHERIT);
  return contend(NULL) == 0 && pthread_mutex_destroy(&mutex) == 0;
}

static void *time_out(void *result) {
  struct timespec soon = in_milliseconds(5);
  *(int *)result = pthread_mutex_timedlock(&mutex, &soon);
  return NULL;
}

int lock_timed_out(void) {
  make_normal();
  pthread_t other;
  pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
  int result = -1;
  pthread_mutex_lock(&mutex);
  pthread_create(&other, NULL, time_out, &result);
  pthread_join(other, NULL);
  struct timespec soon = in_milliseconds(5);
  int waited = pthread_cond_timedwait(&condition, &mutex, &soon);
  pthread_mutex_unlock(&mutex);
  return result == ETIMEDOUT && waited == ETIMEDOUT && pthread_mutex_destroy(&mutex) == 0;
}

static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static int cleaned;

static void clean(void *unused) {
  (void)unused;
  cleaned++;
  pthread_mutex_unlock(&mutex);
}

static void *wait_for_ever(void *unused) {
  pthread_mutex_lock(&mutex);
  pthread_cleanup_push(clean, NULL);
  while (1) pthread_cond_wait(&condition, &mutex);
  pthread_cleanup_pop(0);
  return unused;
}

int lock_cancelled(void) {
  make_normal();
  cleaned = 0;
  for (int i = 0; i < 20; i++) {
    pthread_t other;
    void *result;
    pthread_create(&other, NULL, wait_for_ever, NULL);
    nap(2);
    // Half of them are woken as they are cancelled.
    if (i % 2) pthread_cond_signal(&condition);
    pthread_cancel(other);
    pthread_join(other, &result);
    if (result != PTHREAD_CANCELED) return 0;
  }
  return cleaned == 20 && contend(NULL) == 0;
}

static void *wait_in_vain(void *lock) {
  pthread_mutex_lock(lock);
  return NULL;
}

/// Undefined, and met: the waiting thread sleeps on, and the memory is another lock's.
int lock_destroyed(void) {
  static pthread_mutex_t doomed;
  pthread_mutex_init(&doomed, NULL);
  pthread_mutex_lock(&doomed);
  pthread_t other;
  pthread_create(&other, NULL, wait_in_vain, &doomed);
  nap(10);
  memset(&doomed, 0, sizeof doomed);
  for (int i = 0; i < 1000; i++) {
    if (pthread_mutex_lock(&doomed) != 0) return 0;
    // The kernel is not asked to wake anybody, for the lock's word says that nobody waits.
    pthread_mutex_unlock(&doomed);
  }
  return 1;
}

static void *hammer(void *stop) {
  while (!*(volatile int *)stop) {
    pthread_mutex_lock(&mutex);
    for (volatile int i = 0; i < 1000; i++) continue;
    pthread_mutex_unlock(&mutex);
  }
  return NULL;
}

int lock_in_child(void) {
  pid_t child = fork();
  if (child == 0) {
    // The lock may be held by a thread that is not here.
    make_normal();
    _exit(contend(NULL) == 0 ? 0 : 1);
  }
  int status = -1;
  return waitpid(child, &status, 0) == child ? status : -1;
}

int lock_forked(void) {
  make_normal();
  pthread_t others[4];
  int stop = 0, right = 1;
  for (int i = 0; i < 4; i++) pthread_create(&others[i], NULL, hammer, &stop);
  for (int i = 0; i < 10; i++) right &= lock_in_child() == 0;
  stop = 1;
  for (int i = 0; i < 4; i++) pthread_join(others[i], NULL);
  return right;
}

static volatile sig_atomic_t alarms;
static void on_alarm(int number) {
  (void)number;
  alarms++;
}

int lock_signalled(void) {
  make_normal();
  struct sigaction action = {.sa_handler = on_alarm, .sa_flags = SA_RESTART}, former;
  sigaction(SIGALRM, &action, &former);
  // Whoever started this program may have had it blocked.
  sigset_t alarm;
  sigemptyset(&alarm);
  sigaddset(&alarm, SIGALRM);
  pthread_sigmask(SIG_UNBLOCK, &alarm, NULL);
  struct itimerval often = {{0, 300}, {0, 300}}, never = {{0, 0}, {0, 0}};
  setitimer(ITIMER_REAL, &often, NULL);
  int right = 1;
  for (int i = 0; i < 20; i++) right &= contend(NULL) == 0;
  setitimer(ITIMER_REAL, &never, NULL);
  nap(2);
  sigaction(SIGALRM, &former, NULL);
  return right && alarms > 0;
}

static int passed;
static void *pass(void *unused) {
  pthread_mutex_lock(&mutex);
  passed++;
  pthread_mutex_unlock(&mutex);
  return unused;
}

/// So many threads wait for one lock; those that the system does not give are passed over.
int lock_crowded(int threads) {
  make_normal();
  passed = 0;
  static pthread_t others[20000];
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 128 << 10);
  pthread_mutex_lock(&mutex);
  int made = 0;
  while (made < threads && pthread_create(&others[made], &attributes, pass, NULL) == 0) made++;
  nap(20);
  pthread_mutex_unlock(&mutex);
  for (int i = 0; i < made; i++) pthread_join(others[i], NULL);
  return made > threads / 10 && passed == made;
}
