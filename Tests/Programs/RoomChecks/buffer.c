#include "RoomChecks.h"
#include "cpu/cpu.h"
#include <pthread.h>
#include <sched.h>

static _Atomic int64_t lost;
static _Atomic int writing;

struct writer {
  int number, rounds;
};

static void *write_records(void *argument) {
  const struct writer *writer = argument;
  for (int i = 0; i < writer->rounds; i++) {
    struct lab_record *record = lab_buffer_reserve();
    if (!record) {
      atomic_fetch_add(&lost, 1);
      sched_yield();
      continue;
    }
    record->depth = 8;
    record->weight = (uint64_t)writer->number << 32 | (uint32_t)i;
    for (int k = 0; k < 8; k++) record->pcs[k] = record->weight + (uintptr_t)k;
    lab_buffer_commit(record);
  }
  atomic_fetch_sub(&writing, 1);
  return NULL;
}

int64_t lab_check_buffer(int threads, int rounds, int records) {
  pthread_t ids[threads];
  struct writer writers[threads];
  int64_t whole = 0;
  if (!lab_buffer_begin((uint32_t)records)) return -1;
  lost = 0;
  writing = threads;
  for (int t = 0; t < threads; t++) {
    writers[t] = (struct writer){t, rounds};
    pthread_create(&ids[t], NULL, write_records, &writers[t]);
  }
  for (int done = 0; done < 2;) {
    done = writing == 0 ? done + 1 : 0;
    for (const struct lab_record *r; (r = lab_buffer_peek()); lab_buffer_consume()) {
      int is_whole = r->depth == 8;
      for (int k = 0; k < 8; k++) is_whole &= r->pcs[k] == r->weight + (uintptr_t)k;
      whole += is_whole;
    }
  }
  for (int t = 0; t < threads; t++) pthread_join(ids[t], NULL);
  lab_buffer_end();
  return (int64_t)threads * rounds - whole - lost;
}
