// What was measured on each stack. The stacks are in a table of their own (stacks/), which each start clears: a server may
// be sampled for a while every minute for months, and no hook holds numbers of it.
//
// C because the helper thread may not allocate while an allocation hook watches: memory comes from mmap.
// Who takes records out of the buffer or looks at the entries does so with their lock held.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/hidden.h"
#include "base/lock.h"
#include "base/start_order.h"
#include "cpu/cpu.h"
#include "lab_memory.h"
#include "lab_unwind.h"
#include "stacks/stacks.h"
#include <pthread.h>

LAB_HIDE_THIS_FILE

enum { SLOTS = 1 << 17, MAX_ENTRIES = 100000 };

/// A stack with its labels, and how the walk ended that found it.
struct entry {
  uint32_t stack, flags, depth, labels, left_out;
  uint64_t samples, weight;
};

/// Mapped at the first sample, kept as they are until the next session.
static uint32_t *slots; // number of an entry + 1, by hash
static struct entry *entries;
static _Atomic uint32_t count; // read by who asks for statistics while the helper adds
static struct lab_stacks stacks;
static struct lab_lock lock;
static uintptr_t frames[LAB_CPU_MAX_DEPTH];

void lab_entries_lock(void) { lab_lock(&lock); }
void lab_entries_unlock(void) { lab_unlock(&lock); }

/// The helper, which may have held the lock, is not in the child; the next start clears what it left.
static void after_fork_in_child(void) { lab_lock_reset(&lock); }
__attribute__((constructor(LAB_STARTS_STACKS))) static void prepare_entries(void) {
  pthread_atfork(NULL, NULL, after_fork_in_child);
}

bool lab_entries_open(void) {
  if (!slots) slots = lab_own_map(SLOTS * sizeof *slots);
  if (!entries) entries = lab_own_map(MAX_ENTRIES * sizeof *entries);
  return slots && entries && lab_stacks_open(&stacks);
}

/// What stands for the frames that are left out, if any are.
static uintptr_t *find_left_out(uintptr_t *pcs, uint32_t depth) {
  for (uintptr_t *pc = pcs; pc < pcs + depth; pc++)
    if (*pc < LAB_LEFT_OUT) return pc;
  return NULL;
}

bool lab_entries_add(struct lab_record *record) {
  if (!lab_entries_open()) return false;
  // How many are left out differs from sample to sample where a function calls itself: the stacks are the same but for it.
  uint32_t left_out = 0;
  uintptr_t *cut = record->flags & LAB_CPU_STACK_TRUNCATED ? find_left_out(record->pcs, record->depth) : NULL;
  if (cut) {
    left_out = (uint32_t)*cut;
    *cut = 1;
  }
  uint32_t stack = lab_stack_intern(&stacks, record->labels, record->pcs, record->depth);
  if (stack == LAB_STACK_OVERFLOW) return false;
  uint64_t key = stack | (uint64_t)(record->flags ^ left_out << 8) << 32;
  uint64_t at = (key * 0xbf58476d1ce4e5b9u >> 32) % SLOTS;
  for (; slots[at]; at = (at + 1) % SLOTS) {
    struct entry *e = &entries[slots[at] - 1];
    if (e->stack != stack || e->flags != record->flags || e->left_out != left_out) continue;
    e->samples++;
    e->weight += record->weight;
    return true;
  }
  if (count == MAX_ENTRIES) return false;
  entries[count] = (struct entry){stack, record->flags, record->depth, record->labels, left_out, 1, record->weight};
  slots[at] = ++count;
  return true;
}

void lab_entries_clear(void) {
  lab_entries_lock();
  lab_own_unmap(slots, SLOTS * sizeof *slots);
  lab_own_unmap(entries, MAX_ENTRIES * sizeof *entries);
  slots = NULL;
  entries = NULL;
  LAB_STORE(&count, 0);
  lab_stacks_clear(&stacks);
  lab_entries_unlock();
}

uint64_t lab_entries_count(void) { return count; }

uint64_t lab_entries_bytes(void) {
  uint64_t used = LAB_LOAD(&count);
  return used ? SLOTS * sizeof *slots + used * sizeof *entries + lab_stacks_bytes(&stacks) : 0;
}

int lab_cpu_stack_at(uint32_t index, struct lab_cpu_stack *out) {
  if (index >= count) return 0;
  const struct entry *e = &entries[index];
  uint32_t depth = (uint32_t)lab_stack_frames(&stacks, e->stack, frames, LAB_CPU_MAX_DEPTH, NULL);
  uintptr_t *cut = e->left_out ? find_left_out(frames, depth) : NULL;
  if (cut) *cut = e->left_out;
  *out = (struct lab_cpu_stack){frames, depth, e->labels, e->samples, e->weight, (int)e->flags};
  return 1;
}
#endif
