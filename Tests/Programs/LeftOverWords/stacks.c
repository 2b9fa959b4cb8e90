// C, so that it is known what lies in a frame: what is called next on that thread has its frames there, and does not fill
// them.
#define _GNU_SOURCE
#include "LeftOverWords.h"
#include <dirent.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

// From dispatch.h, which C of a package does not find.
extern void *dispatch_get_global_queue(intptr_t priority, uintptr_t flags);
enum { DISPATCH_QUEUE_OVERCOMMIT = 2 };
extern void dispatch_async_f(void *queue, void *context, void (*work)(void *));

static atomic_int arrived, expected, left;

static void fill_frame(void *context) {
  volatile uintptr_t frame[256];
  // All at once, each on a thread of its own.
  atomic_fetch_add(&arrived, 1);
  while (atomic_load(&arrived) < atomic_load(&expected)) usleep(1000);
  for (int i = 0; i < 256; i++) frame[i] = (uintptr_t)context ^ WORD_CHANGE;
  atomic_fetch_add(&left, 1);
}

void leave_on_idle_stacks(const uintptr_t *changed, int count) {
  atomic_store(&arrived, 0);
  atomic_store(&left, 0);
  atomic_store(&expected, count);
  // It has a thread for each, however many there are.
  void *queue = dispatch_get_global_queue(0, DISPATCH_QUEUE_OVERCOMMIT);
  for (int i = 0; i < count; i++) dispatch_async_f(queue, (void *)changed[i], fill_frame);
  while (atomic_load(&left) < count) usleep(1000);
}

/// Where the stack in use ends of a thread that sleeps on a word of memory; NULL of any other.
static const uintptr_t *stack_of_sleeper(const char *thread) {
  char path[64], line[256];
  snprintf(path, sizeof path, "/proc/self/task/%.20s/syscall", thread);
  FILE *file = fopen(path, "r");
  if (file == NULL) return NULL;
  unsigned long call = 0, sp = 0;
  // Its number, six arguments, the stack pointer.
  bool is_known = fgets(line, sizeof line, file) != NULL &&
                  sscanf(line, "%lu %*s %*s %*s %*s %*s %*s %lx", &call, &sp) == 2;
  fclose(file);
  return is_known && call == SYS_futex ? (const uintptr_t *)sp : NULL;
}

int count_on_idle_stacks(const uintptr_t *changed, int count) {
  enum { WORDS = 32 };
  DIR *threads = opendir("/proc/self/task");
  int found = 0;
  for (struct dirent *entry; threads != NULL && (entry = readdir(threads)) != NULL;) {
    const uintptr_t *stack = entry->d_name[0] == '.' ? NULL : stack_of_sleeper(entry->d_name);
    for (int i = 0; stack != NULL && i < count; i++) {
      int places = 0;
      for (int word = 0; word < WORDS; word++) places += (stack[word] ^ WORD_CHANGE) == changed[i];
      found += places > 0;
    }
  }
  if (threads != NULL) closedir(threads);
  return found;
}
