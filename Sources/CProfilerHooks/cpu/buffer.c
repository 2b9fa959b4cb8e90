// C because signal handlers write it. A bounded queue of fixed-size records for many producers and one consumer:
// each record's `turn` says whose it is. Technique: D. Vyukov, "Bounded MPMC queue" (1024cores.net).
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/hidden.h"
#include "cpu/cpu.h"
#include "lab_memory.h"

LAB_HIDE_THIS_FILE

static struct lab_record *records;
static uint64_t capacity; // a power of two
static _Atomic uint64_t tail;
static uint64_t head;

bool lab_buffer_begin(uint32_t wanted) {
  uint64_t size = 1;
  while (size < wanted) size *= 2;
  if (capacity != size) {
    lab_buffer_end();
    records = lab_own_map(size * sizeof *records);
    if (!records) return false;
    capacity = size;
  }
  for (uint64_t i = 0; i < capacity; i++) {
    LAB_STORE(&records[i].turn, i);
    // Touched now, so that no handler waits for the kernel to find a page.
    for (int depth = 0; depth < LAB_CPU_MAX_DEPTH; depth += 256) *(volatile uintptr_t *)&records[i].pcs[depth] = 0;
  }
  head = 0;
  atomic_store(&tail, 0);
  return true;
}

void lab_buffer_end(void) {
  lab_own_unmap(records, capacity * sizeof *records);
  records = 0;
  capacity = 0;
}

struct lab_record *lab_buffer_reserve(void) {
  uint64_t at = LAB_LOAD(&tail);
  while (true) {
    struct lab_record *record = &records[at & (capacity - 1)];
    uint64_t turn = LAB_ACQUIRE(&record->turn);
    if (turn == at) {
      if (atomic_compare_exchange_weak_explicit(&tail, &at, at + 1, memory_order_relaxed, memory_order_relaxed))
        return record;
    } else if (turn < at) {
      return 0;
    } else {
      at = LAB_LOAD(&tail);
    }
  }
}

void lab_buffer_commit(struct lab_record *record) {
  atomic_fetch_add_explicit(&record->turn, 1, memory_order_release);
}

struct lab_record *lab_buffer_peek(void) {
  struct lab_record *record = &records[head & (capacity - 1)];
  return LAB_ACQUIRE(&record->turn) == head + 1 ? record : 0;
}

void lab_buffer_consume(void) {
  LAB_RELEASE(&records[head & (capacity - 1)].turn, head + capacity);
  head++;
}
#endif
