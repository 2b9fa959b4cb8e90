#include "RoomChecks.h"
#include "base/arch.h"
#include "threads/thread.h"
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>

static _Atomic int owners[1 << 16], wrong;

static void *take_and_give(void *rounds) {
  for (int i = 0; i < *(int *)rounds; i++) {
    struct lab_thread *a = lab_thread_take(), *b = lab_thread_take();
    if (!a || !b || a == b) {
      wrong++;
      continue;
    }
    wrong += atomic_fetch_add(&owners[a->number], 1) != 0;
    wrong += atomic_fetch_add(&owners[b->number], 1) != 0;
    wrong += lab_thread_at(a->number) != a || LAB_LOAD(&a->state) != LAB_THREAD_MADE;
    atomic_fetch_sub(&owners[a->number], 1);
    lab_thread_give(a);
    atomic_fetch_sub(&owners[b->number], 1);
    lab_thread_give(b);
  }
  return NULL;
}

int lab_check_pool(int threads, int rounds) {
  pthread_t ids[threads];
  wrong = 0;
  for (int t = 0; t < threads; t++) pthread_create(&ids[t], NULL, take_and_give, &rounds);
  for (int t = 0; t < threads; t++) pthread_join(ids[t], NULL);
  return wrong;
}

static void *compare_bounds(void *argument) {
  (void)argument;
  pthread_attr_t attributes;
  void *lowest;
  size_t size;
  uintptr_t here = (uintptr_t)__builtin_frame_address(0);
  if (lab_self.stack_hi == 0) return (void *)1;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return (void *)16;
  pthread_attr_getstack(&attributes, &lowest, &size);
  pthread_attr_destroy(&attributes);
  uintptr_t lo = (uintptr_t)lowest, hi = lo + size;
  uintptr_t found = 0;
  if (lab_self.stack_lo < lo || lab_self.stack_hi > hi) found |= 2;
  if (here < lab_self.stack_lo || here >= lab_self.stack_hi) found |= 4;
  // Where thread-local storage lies in what a stack was mapped with, it is shorter by what that may be; and there one that
  // is had again without a guard is longer by the guard that it had, of 64 kB.
  uintptr_t most = 4 * lab_page_bytes() + (LAB_STORAGE_IS_ABOVE ? 112 << 10 : 0);
  if (lab_self.stack_lo > lo + most) found |= 8;
  return (void *)found;
}

int lab_check_stack_bounds(uint64_t bytes, int64_t guard, int own_stack) {
  pthread_attr_t attributes;
  pthread_t thread;
  void *found = (void *)32, *memory = NULL;
  pthread_attr_init(&attributes);
  if (own_stack) {
    memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    pthread_attr_setstack(&attributes, memory, bytes);
  } else if (bytes > 0) {
    pthread_attr_setstacksize(&attributes, bytes);
  }
  if (guard >= 0) pthread_attr_setguardsize(&attributes, (size_t)guard);
  if (pthread_create(&thread, bytes > 0 || guard >= 0 ? &attributes : NULL, compare_bounds, NULL) == 0)
    pthread_join(thread, &found);
  pthread_attr_destroy(&attributes);
  if (memory) munmap(memory, bytes);
  return (int)(intptr_t)found;
}
