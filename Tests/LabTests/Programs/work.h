// What the programs have in common that are run with and without the profiler: they print what they see, and nothing
// that differs from one run to the next.
#pragma once
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static volatile double sum;

static double seconds(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/// Uses so much of the calling thread's CPU time.
__attribute__((noinline)) static void burn(double time) {
  for (double end = seconds(CLOCK_THREAD_CPUTIME_ID) + time; seconds(CLOCK_THREAD_CPUTIME_ID) < end;)
    for (int i = 0; i < 100000; i++) sum += i * 1e-9;
}

static void *burner(void *time) {
  burn(*(double *)time);
  return NULL;
}

static void *in_thread(void *(*body)(void *), void *argument) {
  pthread_t thread;
  void *result = NULL;
  if (pthread_create(&thread, NULL, body, argument) != 0) abort();
  pthread_join(thread, &result);
  return result;
}

static sigset_t all_signals(void) {
  sigset_t set;
  sigfillset(&set);
  return set;
}

static sigset_t only(int number) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, number);
  return set;
}

static const char *word(void (*handler)(int)) {
  return handler == SIG_DFL ? "default" : handler == SIG_IGN ? "ignored" : handler == SIG_ERR ? "error" : "handled";
}
