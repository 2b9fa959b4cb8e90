// Threads of known number, made in all the ways there are: by POSIX, by C, by one another, by the last that ends the program.
#include "work.h"
#include <threads.h>

static void *nothing(void *unused) { return unused; }
static int nothing_of_c(void *unused) { return unused == NULL ? 7 : 0; }

__attribute__((noinline)) static int posix_threads(int count) {
  int made = 0;
  for (int i = 0; i < count; i++) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, nothing, NULL) == 0) made += pthread_join(thread, NULL) == 0;
  }
  return made;
}

__attribute__((noinline)) static int c_threads(int count) {
  int made = 0;
  for (int i = 0; i < count; i++) {
    thrd_t thread;
    int result = 0;
    if (thrd_create(&thread, nothing_of_c, NULL) == thrd_success && thrd_join(thread, &result) == thrd_success)
      made += result == 7;
  }
  return made;
}

/// Detached, and on the smallest stack there is.
__attribute__((noinline)) static int small_threads(int count) {
  int made = 0;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 16384);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  for (int i = 0; i < count; i++) {
    pthread_t thread;
    made += pthread_create(&thread, &attributes, nothing, NULL) == 0;
    if (i % 100 == 0) usleep(1000);
  }
  pthread_attr_destroy(&attributes);
  return made;
}

static void *makes_more(void *count) {
  return (void *)(intptr_t)posix_threads((int)(intptr_t)count);
}

/// Made by threads of a stack that is as small as can be.
__attribute__((noinline)) static int nested_threads(int makers, int each) {
  intptr_t made = 0;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 16384);
  for (int i = 0; i < makers; i++) {
    pthread_t thread;
    void *result = NULL;
    if (pthread_create(&thread, &attributes, makes_more, (void *)(intptr_t)each) != 0) continue;
    pthread_join(thread, &result);
    made += 1 + (intptr_t)result;
  }
  pthread_attr_destroy(&attributes);
  return (int)made;
}

/// A thread of a pool makes the next one.
static void *pool_thread(void *left) {
  pthread_t next;
  intptr_t made = 0;
  void *result = NULL;
  if ((intptr_t)left > 0 && pthread_create(&next, NULL, pool_thread, (void *)((intptr_t)left - 1)) == 0) {
    pthread_join(next, &result);
    made = 1 + (intptr_t)result;
  }
  return (void *)made;
}

__attribute__((noinline)) static int pool_threads(int count) {
  pthread_t first;
  void *result = NULL;
  if (pthread_create(&first, NULL, pool_thread, (void *)(intptr_t)(count - 1)) != 0) return 0;
  pthread_join(first, &result);
  return 1 + (int)(intptr_t)result;
}

static void *ends_all(void *unused) {
  (void)unused;
  exit(3);
}

__attribute__((noinline)) static int last_thread(void) {
  pthread_t thread;
  return pthread_create(&thread, NULL, ends_all, NULL) == 0 && pthread_join(thread, NULL) == 0;
}

int main(void) {
  int posix = posix_threads(10000), c = c_threads(500), small = small_threads(1000), nested = nested_threads(10, 20);
  printf("%d %d %d %d %d\n", posix, c, small, nested, pool_threads(40));
  fflush(stdout);
  return last_thread();
}
