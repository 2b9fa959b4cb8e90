#include "RoomChecks.h"
#include "base/lock.h"
#include <errno.h>
#include <pthread.h>
#include <unistd.h>

static struct lab_lock lock;
static int64_t sum;

static void *add(void *rounds) {
  for (int i = 0; i < *(int *)rounds; i++) {
    lab_lock(&lock);
    sum++;
    lab_unlock(&lock);
  }
  return NULL;
}

int64_t lab_check_lock(int threads, int rounds) {
  pthread_t ids[threads];
  sum = 0;
  for (int t = 0; t < threads; t++) pthread_create(&ids[t], NULL, add, &rounds);
  for (int t = 0; t < threads; t++) pthread_join(ids[t], NULL);
  return sum - (int64_t)threads * rounds;
}

static void *try_to_have_it(void *had) {
  *(int *)had = lab_lock_try(&lock) || lab_lock_within(&lock, 20000000);
  return NULL;
}

int lab_check_lock_is_exclusive(void) {
  pthread_t other;
  int had = 1, had_later = 0;
  lab_lock(&lock);
  pthread_create(&other, NULL, try_to_have_it, &had);
  pthread_join(other, NULL);
  lab_unlock(&lock);
  pthread_create(&other, NULL, try_to_have_it, &had_later);
  pthread_join(other, NULL);
  if (had_later) lab_unlock(&lock);
  return !had && had_later;
}

int lab_check_system_call(void) {
  errno = 7;
  long refused = lab_system_call(SYS_close, -1);
  return refused == -EBADF && errno == 7 && lab_gettid() == (int)syscall(SYS_gettid);
}
