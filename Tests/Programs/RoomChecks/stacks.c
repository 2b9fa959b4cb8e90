#include "stacks/stacks.h"
#include "RoomChecks.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH = 12 };
static struct lab_stacks table;

struct work {
  pthread_barrier_t *barrier;
  uint32_t *numbers;
  int stacks, first;
};

/// Few frames near the root and many below them, so that lists overflow into the hash table.
static void stack(int number, uintptr_t pcs[DEPTH]) {
  for (int i = 0; i < DEPTH; i++) pcs[i] = 0x700000000000 + (uintptr_t)(number >> i) * 64 + (uintptr_t)i;
}

static void *intern(void *argument) {
  struct work *work = argument;
  pthread_barrier_wait(work->barrier);
  for (int i = 0; i < work->stacks; i++) {
    int number = (work->first + i) % work->stacks;
    uintptr_t pcs[DEPTH];
    stack(number, pcs);
    work->numbers[number] = lab_stack_intern(&table, number % 3 == 0 ? 1 + (uint64_t)number % 5 : 0, pcs, DEPTH);
  }
  return NULL;
}

int lab_check_stacks(int threads, int stacks) {
  if (!lab_stacks_open(&table)) return -1;
  pthread_barrier_t barrier;
  pthread_t ids[threads];
  struct work work[threads];
  int wrong = 0;
  pthread_barrier_init(&barrier, NULL, (unsigned)threads);
  for (int t = 0; t < threads; t++) {
    // Half of them begin at the same stack, the others elsewhere.
    work[t] = (struct work){&barrier, calloc((size_t)stacks, 4), stacks, t % 2 == 0 ? 0 : stacks / threads * t};
    pthread_create(&ids[t], NULL, intern, &work[t]);
  }
  for (int t = 0; t < threads; t++) pthread_join(ids[t], NULL);
  for (int number = 0; number < stacks; number++) {
    uintptr_t pcs[DEPTH], read[DEPTH + 1];
    uint64_t labels;
    stack(number, pcs);
    for (int t = 1; t < threads; t++) wrong += work[t].numbers[number] != work[0].numbers[number];
    size_t depth = lab_stack_frames(&table, work[0].numbers[number], read, DEPTH + 1, &labels);
    wrong += depth != DEPTH || memcmp(pcs, read, sizeof pcs) != 0;
    wrong += labels != (number % 3 == 0 ? 1 + (uint64_t)number % 5 : 0);
  }
  for (int t = 0; t < threads; t++) free(work[t].numbers);
  pthread_barrier_destroy(&barrier);
  lab_stacks_clear(&table);
  return wrong;
}

int lab_check_stacks_below(void) {
  if (!lab_stacks_open(&table)) return -1;
  uintptr_t outer[DEPTH], inner[DEPTH], read[2 * DEPTH + 1];
  stack(5, outer);
  stack(9, inner);
  int wrong = 0;
  for (uint64_t outer_labels = 0; outer_labels < 2; outer_labels++) {
    uint32_t base = lab_stack_intern(&table, outer_labels, outer, DEPTH);
    for (uint64_t labels = 0; labels < 3; labels++) {
      uint32_t both = lab_stack_intern_below(&table, base, labels, inner, DEPTH);
      uint64_t has = 7;
      wrong += lab_stack_frames(&table, both, read, 2 * DEPTH + 1, &has) != 2 * DEPTH || has != labels;
      wrong += memcmp(read, inner, sizeof inner) != 0 || memcmp(read + DEPTH, outer, sizeof outer) != 0;
      wrong += both != lab_stack_intern_below(&table, base, labels, inner, DEPTH);
    }
  }
  wrong += lab_stack_intern_below(&table, LAB_STACK_NONE, 2, inner, DEPTH) != lab_stack_intern(&table, 2, inner, DEPTH);
  lab_stacks_clear(&table);
  return wrong;
}

int lab_check_full_table(void) {
  uint32_t stack = LAB_STACK_NONE;
  int wrong = 0;
  for (int round = 0; round < 2; round++) {
    if (!lab_stacks_open(&table)) return -1;
    uint64_t key = 1;
    // What is there stays found when there is no room for more.
    uint32_t first = lab_stack_child(&table, LAB_STACK_NONE, key);
    while ((stack = lab_stack_child(&table, LAB_STACK_NONE, ++key)) != LAB_STACK_OVERFLOW && key < 1 << 22) {}
    wrong += stack != LAB_STACK_OVERFLOW || lab_stack_child(&table, LAB_STACK_NONE, 1) != first;
    wrong += lab_stack_child(&table, stack, 1) != LAB_STACK_OVERFLOW;
    lab_stacks_clear(&table);
    wrong += lab_stacks_count(&table) != 0 || lab_stacks_bytes(&table) != 0;
  }
  return wrong;
}
